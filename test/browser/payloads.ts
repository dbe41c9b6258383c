/** What would run, if content were ever taken for anything but text. */
export const PAYLOADS = [
  '<script>window.ran = true</script>',
  '<img src=x onerror="window.ran = true">',
  '<svg onload="window.ran = true">',
  '"><iframe srcdoc="<script>parent.ran = true</script>">',
  'javascript:window.ran=true',
  '</textarea><script>window.ran = true</script>',
  '{{constructor.constructor("window.ran = true")()}}',
  '<a href="javascript:window.ran=true" autofocus onfocus="window.ran = true">x</a>',
  '<details open ontoggle="window.ran = true">',
  '<style>@import "http://127.0.0.1:1/x"</style>',
  '<object data="javascript:window.ran=true"></object>',
  '<math><mtext><script>window.ran = true</script></mtext></math>',
  '<form action="javascript:window.ran=true"><button autofocus>x</button></form>',
  '<meta http-equiv="refresh" content="0;url=javascript:window.ran=true">',
  '<base href="http://127.0.0.1:1/"><link rel="stylesheet" href="x">',
  '<template><img src=x onerror="window.ran = true"></template>',
  "';window.ran=true;//",
  '${window.ran=true}`${window.ran=true}`',
  '\u003cscript\u003ewindow.ran = true\u003c/script\u003e',
  '\u202e<marquee onstart="window.ran = true">\u0000x',
];

/** Whatever of it is in the page as an element; the page's own pictures are its trends. */
export const MARKUP =
  'main :is(script, iframe, img, svg:not(.trend svg), object, form[action], base, meta, style, marquee, template, math)';
