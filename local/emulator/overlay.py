"""Runs MiniStack in this process, with what it lacks and we rely on put right.

MiniStack (MIT) is used as it is published, pinned in requirements.txt. The modules beside this file hook its handler table and a few of its
functions, one module for each gap; each says when it can go. guard.py stands in front of all of it. test/emulator holds the behaviour, so a newer
MiniStack shows what changed.

Started by emulator.ts. The first line on stdout is {"port": N}. The process ends, with all that it started, when its stdin closes: whatever
happens to the one who started it, nothing keeps running.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import threading


def end_all() -> None:
    """Ends this process and every function process in its group; no clean-up of theirs could be worth waiting for."""
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    end_all()


def main() -> None:
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: end_all())
    threading.Thread(target=end_with_parent, daemon=True).start()

    # Bound before MiniStack is loaded: its modules read the port when they are imported, and a port that is only looked up could be taken by then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(os.environ.get("GATEWAY_PORT", "0"))))
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    import access_logs
    import amazon_mq
    import error_names
    import event_source_mapping
    import guard
    import http_api_to_sqs
    import index_pages
    import invocations
    import jwt_signatures
    import message_move_tasks
    import parallel_output
    import queue_rules
    import stream_mappings

    for gap in (
        access_logs,
        index_pages,
        queue_rules,
        jwt_signatures,
        message_move_tasks,
        error_names,
        event_source_mapping,
        stream_mappings,
        http_api_to_sqs,
        invocations,
        parallel_output,
        amazon_mq,
    ):
        gap.install()

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    config.graceful_timeout = 0

    async def with_invocations(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/_spillway/"):
            await invocations.answer(scope, send)
        else:
            await app(scope, receive, send)

    print(json.dumps({"port": port}), flush=True)
    asyncio.run(serve(guard.guarded(with_invocations, port), config))


main()
