"""Event logs made for the tests: chunks, records and binary XML as MS-EVEN6 describes them."""
import struct
import zlib

CHUNK = 65536
U16, HEX64, TIME, TEXT, U8, U32, U64, NESTED = 6, 0x15, 0x11, 1, 4, 8, 10, 0x21
EPOCH = 116444736000000000


def crc(data):
    return zlib.crc32(data) & 0xffffffff


def name_hash(name):
    value = 0
    for letter in name:
        value = (value * 65599 + ord(letter)) & 0xffffffff
    return value & 0xffff


class Xml:
    """Binary XML at a place of a chunk: names stand where they are used."""

    def __init__(self, at):
        self.at, self.out = at, b""

    def name(self, name):
        where = self.at + len(self.out) + 4
        self.out += struct.pack("<IIHH", where, 0, name_hash(name), len(name)) + name.encode("utf-16-le") + b"\0\0"

    def element(self, name, content, attributes=()):
        self.out += struct.pack("<BH", 0x41 if attributes else 0x01, 0xffff)
        size_at = len(self.out)
        self.out += b"\0\0\0\0"
        self.name(name)
        if attributes:
            list_at = len(self.out)
            self.out += b"\0\0\0\0"
            for i, (key, value) in enumerate(attributes):
                self.out += bytes([0x46 if i + 1 < len(attributes) else 0x06])
                self.name(key)
                self.value(value)
            self.patch(list_at)
        self.out += b"\x02"
        content(self)
        self.out += b"\x04"
        self.patch(size_at)

    def patch(self, at):
        self.out = self.out[:at] + struct.pack("<I", len(self.out) - at - 4) + self.out[at + 4:]

    def value(self, value):
        if isinstance(value, tuple):
            index, kind = value
            self.out += struct.pack("<BHB", 0x0d if kind else 0x0e, index, kind or TEXT)  # nothing may stand for any text
        elif value:
            self.out += struct.pack("<BBH", 0x05, 0x01, len(value)) + value.encode("utf-16-le")


def typed(value):
    """(type, bytes) of a value: text, or a pair that is that already."""
    return value if isinstance(value, tuple) else (TEXT, str(value).encode("utf-16-le"))


def leaf(xml, name, value, attributes=()):
    xml.element(name, lambda x: x.value(value), attributes)


def define(at, name, form, templates, content):
    """The definition of a template for an instance that stands at `at`; none when an earlier record of the chunk has it."""
    if form in templates:
        return *templates[form], b""
    definition_at = at + 4 + 10
    xml = Xml(definition_at + 24)
    xml.out = bytes.fromhex("0f010100")
    xml.element(name, content)
    xml.out += b"\0"
    identity = crc(xml.out)
    templates[form] = identity, definition_at
    return identity, definition_at, struct.pack("<IIQII", 0, identity, 0, 0, len(xml.out)) + xml.out


def nested_data(at, event, templates):
    """<EventData> as a template inside a value, as Windows writes it."""
    values = [typed(value) for _, value in event["data"]]

    def content(xml):
        for i, (name, _) in enumerate(event["data"]):
            leaf(xml, "Data", (i, values[i][0]), [("Name", name)])

    form = ("nested", *(key for key, _ in event["data"]))
    identity, definition_at, definition = define(at, "EventData", form, templates, content)
    return instance(identity, definition_at, definition, values)


def record_body(at, event, number, templates, nested=False):
    """An instance of a template that stands in the record itself, or in an earlier one of the chunk; its first values are
    those of every real event."""
    values = [(U8, b"\0"), (U8, b"\0"), (U16, b"\0\0"), (U16, struct.pack("<H", event["id"])), (U16, b"\0\0"),
              (HEX64, bytes(8)), (TIME, struct.pack("<Q", event["time"])), (0, b""), (U32, bytes(4)), (U32, bytes(4)),
              (U64, struct.pack("<Q", number))]
    own = len(values)
    values += [] if nested else [typed(value) for _, value in event["data"]]
    form = (nested, event["provider"], event["activity"], event["channel"], event["computer"],
            *(key for key, _ in event["data"]))

    def system(xml):
        leaf(xml, "Provider", "", [("Name", event["provider"])])
        leaf(xml, "EventID", (3, U16))
        leaf(xml, "Level", (0, U8))
        leaf(xml, "TimeCreated", "", [("SystemTime", (6, TIME))])
        leaf(xml, "EventRecordID", (10, U64))
        if event["activity"]:
            leaf(xml, "Correlation", "", [("ActivityID", event["activity"])])
        leaf(xml, "Channel", event["channel"])
        leaf(xml, "Computer", event["computer"])

    def data(xml):
        for i, (name, _) in enumerate(event["data"]):
            leaf(xml, "Data", (own + i, values[own + i][0]), [("Name", name)])

    def whole(xml):
        xml.element("System", system)
        if nested:
            xml.value((own, NESTED))
        else:
            xml.element("EventData", data)

    identity, definition_at, definition = define(at, "Event", form, templates, whole)
    if nested:
        before = 14 + len(definition) + 4 + 4 * (own + 1) + sum(len(data) for _, data in values)
        values.append((NESTED, nested_data(at + before, event, templates)))
    return instance(identity, definition_at, definition, values)


def instance(identity, definition_at, definition, values):
    out = bytes.fromhex("0f010100") + struct.pack("<BBII", 0x0c, 1, identity, definition_at) + definition
    out += struct.pack("<I", len(values))
    out += b"".join(struct.pack("<HBB", len(data), kind, 0) for kind, data in values)
    return out + b"".join(data for _, data in values) + b"\0"


def chunk(events, first, share=False, numbers=None, nested=False):
    """`share`: events of one form use one template, as Windows writes them. `nested`: what an event says stands in a template
    of its own. `numbers`: of the records."""
    records, last, templates = b"", 512, {}
    for i, event in enumerate(events):
        at = 512 + len(records)
        body = record_body(at + 24, event, numbers[i] if numbers else first + i, templates if share else {}, nested)
        size = (24 + len(body) + 4 + 7) & ~7
        body += bytes(size - 28 - len(body))
        last = at
        records += struct.pack("<IIQQ", 0x2a2a, size, first + i, event["time"]) + body + struct.pack("<I", size)
    end = 512 + len(records)
    assert end <= CHUNK, end
    head = b"ElfChnk\0" + struct.pack("<QQQQIIII", first, first + len(events) - 1, first, first + len(events) - 1, 128,
                                      last, end, crc(records)) + bytes(64) + struct.pack("<I", 1)
    tables = bytes(384)
    head = head + struct.pack("<I", crc(head[:120] + tables))
    return head + tables + records + bytes(CHUNK - end)


def head(chunks, records):
    """What stands in front of the chunks."""
    out = b"ElfFile\0" + struct.pack("<QQQIHHHH", 0, chunks - 1, records + 1, 128, 1, 3, 4096, chunks)
    out += bytes(120 - len(out))
    return (out + struct.pack("<II", 0, crc(out))).ljust(4096, b"\0")


def log(events, per_chunk=20):
    """The bytes of a whole file."""
    chunks = [chunk(events[i:i + per_chunk], i + 1) for i in range(0, len(events), per_chunk)]
    return head(len(chunks), len(events)) + b"".join(chunks)


def event(number, provider, channel, seconds, computer="srv.lab.example", activity="", **data):
    return {"id": number, "provider": provider, "channel": channel, "computer": computer, "activity": activity,
            "time": EPOCH + seconds * 10000000, "data": list(data.items())}


def security(number, seconds, **data):
    return event(number, "Microsoft-Windows-Security-Auditing", "Security", seconds, **data)


def refused(seconds, status, kind=10, address="192.0.2.7", **more):
    return security(4625, seconds, TargetUserName="somebody", Status="0xc000006d", SubStatus=status, LogonType=kind,
                    IpAddress=address, IpPort="0", **more)


def system(number, provider, seconds, **data):
    return event(number, provider, "System", seconds, **data)
