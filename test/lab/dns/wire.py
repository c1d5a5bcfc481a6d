"""The wire of the lab: the name servers that stand for public DNS, for Azure and for a site's own servers, the clients
that ask, and an ear on the bridge that hears who asks whom.

Enters the namespaces it is told of, speaks JSON lines on stdin and stdout, and takes the namespaces down when stdin
ends, however the run ended. Every address is inside them. Needs python3-dnspython.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

LIBC = ctypes.CDLL(None, use_errno=True)
PACKET_OUTGOING = 4
# A bridge takes frames before listeners of one protocol hear them, not before those of all.
ETH_P_ALL = 3
ETH_P_IP = 0x0800
CHAIN_LIMIT = 12


def enter(namespace):
    with open(f"/run/netns/{namespace}") as handle:
        if LIBC.setns(handle.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def say(word):
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


class Upstream:
    """A name server of the world around: its zones from the longest, then the public names, as the documents say.

    `behaviour`: `answers`, `silent`, `refuses`, `fails`. `otherwise`: `public`, `refuse`, `nxdomain`. `follows`: whether
    CNAMEs are looked up here to their end (a recursive server), or only as far as its own zones go (an authority).
    """

    def __init__(self, spec, public):
        self.spec = spec
        self.zones = [(zone["name"], table(zone["records"])) for zone in spec["zones"]]
        self.zones.sort(key=lambda zone: -len(zone[0]))
        self.public = ("", public)

    def zone_of(self, name):
        for zone in self.zones:
            if zone[0] == "" or name == zone[0] or name.endswith("." + zone[0]):
                return zone
        return self.public if self.spec["otherwise"] == "public" else None

    def answer(self, name, kind):
        """(rcode, records) for a question."""
        chain, seen = [], set()
        while True:
            zone = self.zone_of(name)
            if zone is None:
                if chain and not self.spec["follows"]:
                    return "NOERROR", chain
                return ("REFUSED" if self.spec["otherwise"] == "refuse" else "NXDOMAIN"), chain
            values = look_up(zone, name)
            if values is None:
                return "NXDOMAIN", chain
            wanted = [(name, kind, value) for type_, value in values if type_ == kind]
            alias = [value for type_, value in values if type_ == "CNAME"]
            if wanted or not alias:
                return "NOERROR", chain + wanted
            chain.append((name, "CNAME", alias[0]))
            seen.add(name)
            name = alias[0]
            if name in seen or len(chain) > CHAIN_LIMIT:
                return "SERVFAIL", chain if not self.spec["follows"] else []


def table(records):
    made = {}
    for name, type_, value in records:
        made.setdefault(name, []).append((type_, value))
    return made


def look_up(zone, name):
    """What a zone holds for a name (RFC 4592): [(type, value)], [] for a name that only has names below, None for none."""
    apex, names = zone
    if name in names:
        return names[name]
    existing = {apex}
    for owner in names:
        while owner != apex and owner != "":
            existing.add(owner)
            owner = owner.partition(".")[2]
    if name in existing:
        return []
    encloser = name
    while encloser not in existing and encloser != "":
        encloser = encloser.partition(".")[2]
    return names.get("*." + encloser if encloser else "*")


class Lab:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.upstreams = {}
        self.waiting = {}
        self.heard = []
        self.listening = []
        self.namespaces = []
        self.next_id = int(time.time()) & 0x3FFF

    def start(self, order):
        self.namespaces = order["namespaces"]
        enter(order["upstream"])
        for ip in order["upstreams"]:
            self.listen(ip)
        enter(order["fabric"])
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        ear.setblocking(False)
        self.ear = ear
        self.selector.register(ear, selectors.EVENT_READ, self.hear)
        enter(order["client"])
        say({"ready": True})

    def listen(self, ip):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((ip, 53))
        one.setblocking(False)
        self.selector.register(one, selectors.EVENT_READ, lambda: self.serve(ip, one))

    def serve(self, ip, one):
        while True:
            try:
                packet, client = one.recvfrom(4096)
            except BlockingIOError:
                return
            upstream = self.upstreams.get(ip)
            if upstream is None or upstream.spec["behaviour"] == "silent":
                continue
            try:
                query = dns.message.from_wire(packet)
            except Exception:
                continue
            one.sendto(respond(upstream, query).to_wire(), client)

    def hear(self):
        while True:
            try:
                packet, where = self.ear.recvfrom(2048)
            except BlockingIOError:
                return
            if where[2] == PACKET_OUTGOING or where[1] != ETH_P_IP or len(packet) < 40 or packet[9] not in (6, 17):
                continue
            header = (packet[0] & 15) * 4
            if struct.unpack_from("!H", packet, header + 2)[0] != 53 or packet[9] == 6:
                continue
            message = packet[header + 8 :]
            if len(message) < 17 or message[2] & 0x80:
                continue
            name, type_ = question_of(message)
            if name is not None:
                source, destination = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
                self.heard.append((time.monotonic(), source, destination, name, type_))

    def ask(self, order):
        self.next_id = (self.next_id + 1) & 0xFFFF
        query = dns.message.make_query(order["name"] + ".", order["type"], use_edns=False)
        query.id = self.next_id
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((order["from"], 0))
        one.connect((order["to"], 53))
        one.setblocking(False)
        now = time.monotonic()
        state = {"order": order, "query": query, "socket": one, "start": now, "again": now, "sent": 0, "end": now + order["wait"] / 1000}
        self.waiting[one] = state
        self.selector.register(one, selectors.EVENT_READ, lambda: self.receive(state))

    def receive(self, state):
        try:
            packet = state["socket"].recv(8192)
        except BlockingIOError:
            return
        except OSError:
            return  # the port is closed: asked again until the end
        try:
            answer = dns.message.from_wire(packet)
        except Exception:
            return
        if answer.id != state["query"].id:
            return
        records = []
        for rrset in answer.answer:
            name = rrset.name.to_text(omit_final_dot=True).lower()
            type_ = dns.rdatatype.to_text(rrset.rdtype)
            records.extend([name, type_, value_of(rdata, type_)] for rdata in rrset)
        self.finish(state, {"rcode": dns.rcode.to_text(answer.rcode()), "answer": records})

    def finish(self, state, result):
        self.hear()
        order = state["order"]
        self.selector.unregister(state["socket"])
        del self.waiting[state["socket"]]
        state["socket"].close()
        seen = [word[1:] for word in self.heard if word[0] >= state["start"] and word[1] in order["servers"]]
        say({"id": order["id"], "seen": seen, "sent": state["sent"], **result})

    def tick(self):
        now = time.monotonic()
        for state in list(self.waiting.values()):
            if now >= state["end"]:
                self.finish(state, {"rcode": "TIMEOUT", "answer": []})
            elif now >= state["again"]:
                state["again"] = now + 1
                state["sent"] += 1
                try:
                    state["socket"].send(state["query"].to_wire())
                except OSError:
                    pass
        for one in list(self.listening):
            last = max((word[0] for word in self.heard if word[1] in one["servers"]), default=0)
            if now >= max(last, one["start"]) + one["idle"] / 1000 or now >= one["start"] + one["limit"] / 1000:
                self.listening.remove(one)
                say({"id": one["id"]})
        if len(self.heard) > 20000:
            self.heard = self.heard[10000:]

    def flush(self, order):
        """Empties an unbound's caches over its control socket."""
        for command in ("flush_zone .", "flush_infra all", "flush_negative"):
            try:
                one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                one.settimeout(2)
                one.connect(order["path"])
                one.sendall(f"UBCT1 {command}\n".encode())
                while one.recv(4096):
                    pass
                one.close()
            except OSError:
                pass
        say({"id": order["id"]})

    def obey(self, order):
        do = order["do"]
        if do == "start":
            self.start(order)
        elif do == "serve":
            public = table(order["public"])
            for spec in order["upstreams"]:
                self.upstreams[spec["ip"]] = Upstream(spec, public)
            say({"id": order["id"]})
        elif do == "ask":
            self.ask(order)
        elif do == "quiet":
            self.listening.append({**order, "start": time.monotonic()})
        elif do == "flush":
            self.flush(order)

    def run(self):
        os.set_blocking(0, False)
        pending = b""
        commands = selectors.EVENT_READ
        self.selector.register(0, commands, "stdin")
        while True:
            self.tick()
            for key, _ in self.selector.select(0.02):
                if key.data != "stdin":
                    if key.fileobj in self.waiting or not isinstance(key.fileobj, int):
                        key.data()
                    continue
                data = os.read(0, 1 << 20)
                if not data:
                    return
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))

    def close(self):
        for namespace in self.namespaces:
            pids = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout.split()
            for pid in pids:
                if int(pid) != os.getpid():
                    try:
                        os.kill(int(pid), signal.SIGKILL)
                    except OSError:
                        pass
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True)


def respond(upstream, query):
    response = dns.message.make_response(query, recursion_available=upstream.spec["follows"])
    behaviour = upstream.spec["behaviour"]
    if behaviour in ("refuses", "fails"):
        response.set_rcode(dns.rcode.REFUSED if behaviour == "refuses" else dns.rcode.SERVFAIL)
        return response
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    root = upstream.spec.get("root")
    if name in (".", "") and root:
        response.flags |= dns.flags.AA
        if kind == "NS":
            response.answer.append(dns.rrset.from_text(".", 0, "IN", "NS", "root.lab."))
            response.additional.append(dns.rrset.from_text("root.lab.", 0, "IN", "A", root))
            return response
    rcode, records = upstream.answer(name, kind)
    response.set_rcode(dns.rcode.from_text(rcode))
    if root or not upstream.spec["follows"]:
        response.flags |= dns.flags.AA
    for owner, type_, value in records:
        rrset = dns.rrset.from_text(owner + ".", 0, "IN", type_, text_of(type_, value))
        same = [one for one in response.answer if one.name == rrset.name and one.rdtype == rrset.rdtype]
        if same:
            same[0].add(rrset[0])
        else:
            response.answer.append(rrset)
    if rcode == "NXDOMAIN" or not any(one.rdtype == question.rdtype for one in response.answer):
        zone = upstream.zone_of(records[-1][2] if records else name)
        if zone is not None:
            # Where public DNS is cut into zones is nobody's business here: each name with records is taken for a zone.
            # (BIND does not believe "no record" from a zone above the forward zone it asked for: SERVFAIL.)
            last = records[-1][2] if records else name
            apex = (zone[0] or (last if rcode == "NOERROR" else "")) + "."
            response.authority.append(dns.rrset.from_text(apex, 0, "IN", "SOA", "ns.lab. hostmaster.lab. 1 3600 600 86400 0"))
    return response


def text_of(type_, value):
    if type_ in ("CNAME", "PTR", "NS"):
        return value + "."
    if type_ == "TXT":
        return f'"{value}"'
    if type_ == "MX":
        return value + "."
    return value


def value_of(rdata, type_):
    text = rdata.to_text()
    if type_ in ("CNAME", "PTR", "NS"):
        return text.rstrip(".").lower()
    return text.strip('"')


def question_of(message):
    labels, at = [], 12
    try:
        while message[at]:
            length = message[at]
            labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
            at += 1 + length
        number = struct.unpack_from("!H", message, at + 1)[0]
        return ".".join(labels).lower(), dns.rdatatype.to_text(number)
    except Exception:
        return None, None


if __name__ == "__main__":
    # The terminal's interrupt goes to the whole group; the end of stdin is our sign, so that nothing is left behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    lab = Lab()
    try:
        lab.run()
    finally:
        lab.close()
