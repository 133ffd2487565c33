"""Answers on port 8080. /cpu keeps a processor busy for five minutes, in a process of its own."""

import http.server
import os
import socket
import subprocess
import sys

BUSY = "import time\nend = time.monotonic() + 300\nwhile time.monotonic() < end: pass"
running = []


def burn():
    """More than there are processors would make nothing busier."""
    running[:] = [process for process in running if process.poll() is None]
    if len(running) < (os.cpu_count() or 1):
        running.append(subprocess.Popen([sys.executable, "-c", BUSY]))


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path not in ("/", "/cpu", "/health"):
            self.send_error(404)
            return
        if self.path == "/cpu":
            burn()
        text = f"{socket.gethostname()} is busy for five minutes\n" if self.path == "/cpu" else f"{socket.gethostname()}\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


http.server.ThreadingHTTPServer(("", 8080), Answer).serve_forever()
