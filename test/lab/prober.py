"""Sends probes from inside network namespaces and reports what both ends saw.

One long-lived process serves every namespace: a socket stays in the namespace its thread was in when it was made.
Requests and answers are lines of JSON on stdin and stdout:
  {"op": "listen", "id": N, "namespaces": [...], "tcp": [ports], "udp": [ports], "six": bool}
  {"op": "probe", "id": N, "namespace": ns, "protocol": "tcp"|"udp"|"icmp", "sourcePort": p, "destination": ip,
   "port": p, "timeout": seconds}
  {"op": "trace", "id": N, "namespaces": [...]}: from now on keep what netfilter's trace says there
  {"op": "traced", "id": N, "namespaces": [...]}: what it said since then or since the last time
  {"op": "close", "id": N, "namespaces": [...]}
"""

import ctypes
import errno
import json
import os
import selectors
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
IP_PKTINFO = 8
IPV6_RECVERR = 25
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50
IP_RECVERR = 11
NETLINK_NETFILTER = 12
SO_RCVBUFFORCE = 33
NFNLGRP_NFTRACE = 9
libc = ctypes.CDLL(None, use_errno=True)
selector = selectors.DefaultSelector()
handles = {}  # namespace -> open file of it
servers = {}  # namespace -> its sockets
probes = {}  # id -> state
tracers = {}  # namespace -> its tracer
here = os.open("/proc/self/ns/net", os.O_RDONLY)


def enter(namespace):
    if namespace not in handles:
        handles[namespace] = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(handles[namespace], CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + namespace)


def leave():
    if libc.setns(here, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns back")


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def watch(sock, events, action):
    selector.register(sock, events, action)


def forget(sock):
    try:
        selector.unregister(sock)
    except (KeyError, ValueError):
        pass
    sock.close()


def saw(probe_id, namespace, source, destination):
    probe = probes.get(probe_id)
    if probe is not None:
        probe["seen"] = {
            "namespace": namespace,
            "source": source[0],
            "sourcePort": source[1],
            "destination": destination[0],
            "destinationPort": destination[1],
        }


# Servers


def listen(request):
    for namespace in request["namespaces"]:
        enter(namespace)
        made = servers.setdefault(namespace, [])
        for port in request["tcp"]:
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("0.0.0.0", port))
            sock.listen(64)
            watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace: accept(s, n))
            made.append(sock)
        for port in request["udp"]:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            sock.bind(("0.0.0.0", port))
            watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace, p=port: datagram(s, n, p))
            made.append(sock)
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMP)
        watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace: echo(s, n))
        made.append(sock)
        if request["six"]:
            listen_six(request, namespace, made)
        leave()
    say({"id": request["id"], "ok": True})


def listen_six(request, namespace, made):
    for port in request["tcp"]:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("::", port))
        sock.listen(64)
        watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace: accept(s, n))
        made.append(sock)
    for port in request["udp"]:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        sock.bind(("::", port))
        watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace, p=port: datagram(s, n, p))
        made.append(sock)
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMPV6)
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    watch(sock, selectors.EVENT_READ, lambda s=sock, n=namespace: echo_six(s, n))
    made.append(sock)


def accept(server, namespace):
    try:
        connection, peer = server.accept()
    except OSError:
        return
    connection.setblocking(False)
    servers[namespace].append(connection)
    local = connection.getsockname()

    def read():
        try:
            text = connection.recv(64)
        except BlockingIOError:
            return
        except OSError:
            text = b""
        if text.startswith(b"p"):
            saw(int(text[1:]), namespace, peer, local)
            try:
                connection.send(b"r" + text[1:])
            except OSError:
                pass
        else:
            forget(connection)

    watch(connection, selectors.EVENT_READ, read)


def datagram(sock, namespace, port):
    try:
        text, ancillary, _flags, peer = sock.recvmsg(64, 64)
    except OSError:
        return
    # An answer that translation sent to a server is no question.
    if not text.startswith(b"p"):
        return
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IPV6 and kind == IPV6_PKTINFO:
            saw(int(text[1:]), namespace, peer, (socket.inet_ntop(socket.AF_INET6, value[:16]), port))
            spec = struct.pack("=16sI", value[:16], 0)
            try:
                sock.sendmsg([b"r" + text[1:]], [(socket.IPPROTO_IPV6, IPV6_PKTINFO, spec)], 0, peer)
            except OSError:
                pass
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            destination = value[8:12]
            saw(int(text[1:]), namespace, peer, (socket.inet_ntoa(destination), port))
            spec = struct.pack("=I4s4s", 0, destination, b"\0\0\0\0")
            try:
                sock.sendmsg([b"r" + text[1:]], [(socket.IPPROTO_IP, IP_PKTINFO, spec)], 0, peer)
            except OSError:
                pass


def echo(sock, namespace):
    """Reads all there is: it gets every ICMP packet of its namespace, and one for each event would come too late."""
    while True:
        try:
            packet = sock.recv(256)
        except OSError:
            return
        note_echo(packet, namespace)


def echo_six(sock, namespace):
    while True:
        try:
            packet, ancillary, _flags, peer = sock.recvmsg(256, 64)
        except OSError:
            return
        if packet[0] != 128 or packet[8:9] != b"p":
            continue
        for level, kind, value in ancillary:
            if level == socket.IPPROTO_IPV6 and kind == IPV6_PKTINFO:
                saw(int(packet[9:]), namespace, (peer[0], 0), (socket.inet_ntop(socket.AF_INET6, value[:16]), 0))


def note_echo(packet, namespace):
    header = (packet[0] & 15) * 4
    if packet[header] != 8 or packet[header + 8 : header + 9] != b"p":
        return
    source, destination = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    saw(int(packet[header + 9 :]), namespace, (source, 0), (destination, 0))


# Clients


def finish(probe_id, outcome):
    probe = probes.get(probe_id)
    if probe is None or "outcome" in probe:
        return
    probe["outcome"] = outcome
    forget(probe["socket"])
    # What the server saw may be waiting behind this event.
    probe["until"] = time.monotonic() + 0.1


def named(number):
    return errno.errorcode.get(number, str(number))


def start(request):
    probe_id = request["id"]
    six = ":" in request["destination"]
    enter(request["namespace"])
    try:
        kind, protocol = {
            "tcp": (socket.SOCK_STREAM, 0),
            "udp": (socket.SOCK_DGRAM, 0),
            "icmp": (socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP),
        }[request["protocol"]]
        sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, kind | socket.SOCK_NONBLOCK, protocol)
    finally:
        leave()
    probes[probe_id] = {"until": time.monotonic() + request["timeout"], "phase": "sent", "socket": sock, "lag": 0}
    message = b"p%d" % probe_id
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::" if six else "0.0.0.0", request["sourcePort"]))
        if request["protocol"] == "tcp":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            error = sock.connect_ex((request["destination"], request["port"]))
            if error not in (0, errno.EINPROGRESS):
                finish(probe_id, named(error))
                return
            watch(sock, selectors.EVENT_WRITE, lambda: connected(probe_id, sock, message))
            return
        if six:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sock.connect((request["destination"], request["port"] or 1))
        if request["protocol"] == "icmp":
            message = struct.pack("!BBHHH", 128 if six else 8, 0, 0, 0, request["sourcePort"]) + message
        watch(sock, selectors.EVENT_READ, lambda: answered(probe_id, sock))
        sock.send(message)
    except OSError as problem:
        finish(probe_id, named(problem.errno))


def connected(probe_id, sock, message):
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        try:
            # An open connection can have an error too: one that was told after the handshake.
            sock.getpeername()
            finish(probe_id, "open " + named(error))
        except OSError:
            finish(probe_id, named(error))
        return
    probes[probe_id]["phase"] = "open"
    selector.modify(sock, selectors.EVENT_READ, lambda: answered(probe_id, sock))
    try:
        sock.send(message)
    except OSError as problem:
        finish(probe_id, "open " + named(problem.errno))


def answered(probe_id, sock):
    try:
        text = sock.recv(256)
        outcome = "answered" if text else "open closed"
    except BlockingIOError:
        return
    except OSError as problem:
        outcome = named(problem.errno)
        if probes[probe_id]["phase"] == "open":
            outcome = "open " + outcome
    finish(probe_id, outcome)


# Netfilter's trace


class Tracer:
    """What the rules of a namespace did to each packet: one record for each chain of a hook that it met."""

    def __init__(self, namespace):
        enter(namespace)
        try:
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        finally:
            leave()
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.socket.setblocking(False)
        self.socket.bind((0, 1 << (NFNLGRP_NFTRACE - 1)))
        self.open = {}  # trace id -> record of the chain it is in
        self.records = []
        self.lost = False
        watch(self.socket, selectors.EVENT_READ, self.read)

    def read(self):
        while True:
            try:
                text = self.socket.recv(65536)
            except BlockingIOError:
                return
            except OSError:
                self.lost = True
                continue
            self.note(text)

    def note(self, text):
        """One message of linux/netfilter/nf_tables.h, NFT_MSG_TRACE."""
        end = int.from_bytes(text[0:4], sys.byteorder)
        parts = {}
        at = 20
        while at + 4 <= end:
            length, kind = struct.unpack_from("=HH", text, at)
            parts[kind & 0x3FFF] = text[at + 4 : at + length]
            at += (length + 3) & ~3
        trace, kind = parts[6], int.from_bytes(parts[4], "big")
        chain = parts[2][:-1].decode()
        record = self.open.get(trace)
        # Headers come with the first message of each chain of a hook, and only there.
        if 8 in parts:
            record = {
                "id": trace.hex(),
                "table": parts[1][:-1].decode(),
                "chain": chain,
                "in": int.from_bytes(parts.get(10, b""), "big"),
                "network": parts[8].hex(),
                "transport": parts.get(9, b"").hex(),
            }
            if 21 in parts:
                record["state"] = int.from_bytes(parts[21], "big")
            self.open[trace] = record
            self.records.append(record)
        if record is None:
            return
        if kind == 1:  # the policy
            record["verdict"] = int.from_bytes(parts.get(16, b"\0\0\0\1"), "big")
            record["by"] = {"chain": chain}
        elif kind == 3 and 3 in parts:  # a rule
            (code,) = struct.unpack_from(">i", parts[5], 4)
            if code >= 0:
                record["verdict"] = code & 0xFF
                record["by"] = {"chain": chain, "handle": int.from_bytes(parts[3], "big")}

    def end(self):
        forget(self.socket)


def trace(request):
    for namespace in request["namespaces"]:
        tracers[namespace] = Tracer(namespace)
    say({"id": request["id"], "ok": True})


def traced(request):
    answer = {}
    for namespace in request["namespaces"]:
        tracer = tracers[namespace]
        tracer.read()
        answer[namespace] = {"lost": tracer.lost, "records": tracer.records}
        tracer.records, tracer.open, tracer.lost = [], {}, False
    say({"id": request["id"], "traced": answer})


def close(request):
    for namespace in request["namespaces"]:
        tracer = tracers.pop(namespace, None)
        if tracer is not None:
            tracer.end()
        for sock in servers.pop(namespace, []):
            forget(sock)
        handle = handles.pop(namespace, None)
        if handle is not None:
            os.close(handle)
    say({"id": request["id"], "ok": True})


def sweep():
    now = time.monotonic()
    for probe_id, probe in list(probes.items()):
        if probe["until"] > now:
            continue
        if "outcome" not in probe:
            forget(probe["socket"])
            probe["outcome"] = "open silent" if probe["phase"] == "open" else "silent"
        del probes[probe_id]
        say({"id": probe_id, "outcome": probe["outcome"], "seen": probe.get("seen"), "lag": round(probe["lag"], 3)})


def main():
    operations = {"listen": listen, "probe": start, "trace": trace, "traced": traced, "close": close}
    os.set_blocking(0, False)
    waiting = b""

    def commands():
        nonlocal waiting
        text = os.read(0, 65536)
        if not text:
            sys.exit(0)
        *lines, waiting = (waiting + text).split(b"\n")
        for line in lines:
            request = json.loads(line)
            try:
                operations[request["op"]](request)
            except OSError as problem:
                say({"id": request["id"], "problem": str(problem)})

    selector.register(0, selectors.EVENT_READ, commands)
    before = time.monotonic()
    while True:
        for key, _events in selector.select(0.01):
            key.data()
        now = time.monotonic()
        for probe in probes.values():
            probe["lag"] = max(probe["lag"], now - before - 0.01)
        before = now
        sweep()


main()
