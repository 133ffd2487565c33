"""Starts MiniStack with our stubs on the loopback, until standard input closes.

    python3 start.py PORT      # 0: any free port

Prints one line, `http://127.0.0.1:PORT`, once it listens; `/_ministack/health` answers from then on. Whoever starts it holds
its standard input: when that closes, even because its holder was killed, the emulator ends. What it writes goes into a
temporary folder, which goes with it. It reaches neither Docker nor the network.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading


def end_with_input(folder):
    """Waits for the end of standard input, then ends this process and those it started."""
    sys.stdin.buffer.read()
    # Its other threads still write, so a folder that was just emptied need not be empty.
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            break
    os.killpg(0, signal.SIGKILL)


def main():
    # A group of its own, so that its own children can be ended with it, and nobody else's.
    os.setpgid(0, 0)
    sys.dont_write_bytecode = True
    folder = tempfile.mkdtemp(prefix="formwork-emulator-")
    threading.Thread(target=end_with_input, args=(folder,), daemon=True).start()
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    port = listener.getsockname()[1]
    os.environ.update(
        MINISTACK_HOST="127.0.0.1", BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port),
        SFTP_ENABLED="0", IOT_MTLS_ENABLED="0", LOG_LEVEL=os.environ.get("LOG_LEVEL", "ERROR"),
        TMPDIR=folder, STATE_DIR=f"{folder}/state", S3_DATA_DIR=f"{folder}/s3", DOCKER_HOST=f"unix://{folder}/no-docker")
    tempfile.tempdir = folder

    # It reads its settings while it is imported.
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    import stubs

    stubs.install()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "ERROR"
    print(f"http://127.0.0.1:{port}", flush=True)
    asyncio.run(serve(app, config))


main()
