/** What VitePress is told. It is loaded by VitePress, from the root that `build.ts` makes for it. */
import { defineConfig } from 'vitepress';
import { anchorOf, linksOf } from './links';
import { navigation } from './navigation';
import { placeOf, ROOT } from './pages';

const { GITHUB_REPOSITORY, GITHUB_SERVER_URL = 'https://github.com', GITHUB_SHA = 'main' } = process.env;
const repository = GITHUB_REPOSITORY && `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;

export default defineConfig({
  title: 'Spillway',
  description: 'Fault-tolerant messaging on AWS as Terraform modules',
  lang: 'en-US',
  // GitHub Pages serves a project below its name.
  base: process.env.SPILLWAY_DOCS_BASE || '/',
  srcDir: ROOT,
  srcExclude: [
    'cdktf.out/**',
    'coverage/**',
    'examples/**',
    'functions/**',
    'local/**',
    'review/**',
    'test/**',
    'tools/**',
  ],
  head: [
    // None, and no request for one.
    ['link', { rel: 'icon', href: 'data:,' }],
    // A drawn picture is as large as it has to be read, and scrolls.
    ['style', {}, '.vp-doc img[alt^="What "]{max-width:none}.vp-doc p:has(>img[alt^="What "]){overflow-x:auto}'],
  ],
  rewrites: placeOf,
  metaChunk: true,
  markdown: {
    // Shiki has no grammar of it, and says so at every block.
    languages: [{ name: 'rego', scopeName: 'source.rego', patterns: [], repository: {} }],
    anchor: { slugify: anchorOf },
    config: (markdown) => {
      // markdown-it's types are VitePress's own copy, and wider than what a link needs.
      const rule = linksOf(repository && `${repository}/blob/${GITHUB_SHA}`) as Parameters<
        typeof markdown.core.ruler.push
      >[1];
      markdown.core.ruler.push('links', rule);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: navigation() as never,
    outline: [2, 3],
    nav: [
      { text: 'First consumer', link: '/first-consumer.html' },
      { text: 'Patterns', link: '/patterns.html' },
      { text: 'Services', link: '/#which-service-has-which-pattern' },
      { text: 'Runbooks', link: '/runbooks/' },
      { text: 'FAQ', link: '/faq.html' },
    ],
    ...(repository && { socialLinks: [{ icon: 'github', link: repository }] }),
  },
});
