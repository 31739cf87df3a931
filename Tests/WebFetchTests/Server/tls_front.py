"""Takes TLS connections and passes their bytes on in the clear: tls_front.py CERTIFICATE KEY PORT [ALPN].

Prints the port it listens at, and ends with its standard input.
"""

import os
import socket
import ssl
import sys
import threading

certificate, key, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
if len(sys.argv) > 4:
    context.set_alpn_protocols(sys.argv[4].split(","))
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def pass_on(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(connection):
    try:
        secure = context.wrap_socket(connection, server_side=True)
        plain = socket.create_connection(("127.0.0.1", port))
    except OSError:
        connection.close()
        return
    threading.Thread(target=pass_on, args=(plain, secure), daemon=True).start()
    pass_on(secure, plain)


threading.Thread(target=end_with_input, daemon=True).start()
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
