-- Wireshark dissector for Dahua P2P: cloud messages, inverted STUN, PTCP and the frames inside it.
--
--   wireshark -X lua_script:tools/wireshark/dahua.lua capture.pcap
--
-- Ports are negotiated, so the dissector recognises datagrams by their first bytes. Filters: dhp2p, dhstun, ptcp, tou.

local message = Proto("dhp2p", "Dahua P2P Message")
local stun = Proto("dhstun", "Dahua Inverted STUN")
local ptcp = Proto("ptcp", "Dahua PTCP")
local tou = Proto("tou", "Dahua TOU Frame")

local message_fields = {
  verb = ProtoField.string("dhp2p.verb", "Verb"),
  path = ProtoField.string("dhp2p.path", "Path"),
  status = ProtoField.uint16("dhp2p.status", "Status"),
  reason = ProtoField.string("dhp2p.reason", "Reason"),
  header = ProtoField.string("dhp2p.header", "Header"),
  cseq = ProtoField.string("dhp2p.cseq", "CSeq"),
  field = ProtoField.string("dhp2p.field", "Field"),
}
message.fields = message_fields

local STUN_TYPES = { [0x0001] = "Request", [0x0101] = "Success" }
local STUN_ATTRIBUTES = { [0x0004] = "Source Address", [0x8029] = "ICE-Controlled", [0x802a] = "ICE-Controlling" }
local stun_fields = {
  type = ProtoField.uint16("dhstun.type", "Type", base.HEX, STUN_TYPES),
  length = ProtoField.uint16("dhstun.length", "Length"),
  cookie = ProtoField.uint32("dhstun.cookie", "Cookie", base.HEX),
  transaction = ProtoField.bytes("dhstun.transaction", "Transaction"),
  attribute = ProtoField.uint16("dhstun.attribute", "Attribute", base.HEX, STUN_ATTRIBUTES),
  identify = ProtoField.bytes("dhstun.identify", "Identify"),
  address = ProtoField.ipv4("dhstun.address", "Address"),
  port = ProtoField.uint16("dhstun.port", "Port"),
}
stun.fields = stun_fields

local ptcp_fields = {
  sequence = ProtoField.uint32("ptcp.seq", "Sequence Number"),
  acknowledgment = ProtoField.uint32("ptcp.ack", "Acknowledgment Number"),
  flags = ProtoField.uint8("ptcp.flags", "Flags", base.HEX),
  connect = ProtoField.bool("ptcp.flags.connect", "Connect", 8, nil, 0x02),
  reset = ProtoField.bool("ptcp.flags.reset", "Reset", 8, nil, 0x04),
  window = ProtoField.uint16("ptcp.window", "Window"),
  timestamp = ProtoField.uint32("ptcp.timestamp", "Timestamp (ms)"),
  echo = ProtoField.uint32("ptcp.echo", "Timestamp Echo (ms)"),
  length = ProtoField.uint32("ptcp.len", "Body Length"),
}
ptcp.fields = ptcp_fields

local TOU_TYPES = {
  [0x10] = "Data",
  [0x11] = "Bind",
  [0x12] = "Status",
  [0x13] = "Heartbeat",
  [0x14] = "Service",
  [0x17] = "Ask Sign",
  [0x18] = "Sign",
  [0x19] = "Present Sign",
  [0x1a] = "Accept",
  [0x1b] = "Confirm",
}
local TOU_SIZES = {
  [0x10] = 12, [0x11] = 20, [0x12] = 16, [0x13] = 12, [0x14] = 12,
  [0x17] = 12, [0x18] = 16, [0x19] = 16, [0x1a] = 16, [0x1b] = 12,
}
local tou_fields = {
  type = ProtoField.uint8("tou.type", "Type", base.HEX, TOU_TYPES),
  length = ProtoField.uint16("tou.len", "Data Length"),
  realm = ProtoField.uint32("tou.realm", "Realm", base.HEX),
  port = ProtoField.uint32("tou.port", "Device Port"),
  address = ProtoField.ipv4("tou.address", "Address"),
  status = ProtoField.string("tou.status", "Status"),
  value = ProtoField.bytes("tou.value", "Value"),
  data = ProtoField.bytes("tou.data", "Data"),
  unknown = ProtoField.bytes("tou.unknown", "Unknown Segment"),
}
tou.fields = tou_fields
local malformed = ProtoExpert.new("tou.malformed", "Frame of an unknown type", expert.group.MALFORMED, expert.severity.WARN)
tou.experts = { malformed }

-- Cloud messages ---------------------------------------------------------------------------------------------------------------

local function dissect_message(buffer, pinfo, tree)
  local text = buffer:raw()
  local header_end = text:find("\r\n\r\n", 1, true)
  if not header_end then return end
  pinfo.cols.protocol = "DHP2P"
  local subtree = tree:add(message, buffer())
  local first = text:match("^[^\r]*")
  pinfo.cols.info = first
  local code, reason = first:match("^HTTP/1%.%d (%d+) ?(.*)$")
  if code then
    subtree:add(message_fields.status, buffer(9, 3), tonumber(code))
    subtree:add(message_fields.reason, buffer(0, #first), reason)
  else
    local verb, path = first:match("^(%u+) (%S+)")
    subtree:add(message_fields.verb, buffer(0, #verb), verb)
    subtree:add(message_fields.path, buffer(#verb + 1, #path), path)
  end
  local at = #first + 2
  while at < header_end do
    local line = text:sub(at + 1):match("^[^\r]*")
    local range = buffer(at, #line)
    subtree:add(message_fields.header, range, line)
    local cseq = line:match("^[Cc][Ss]eq: *(%d+)")
    if cseq then subtree:add(message_fields.cseq, range, cseq) end
    at = at + #line + 2
  end
  local body = text:sub(header_end + 4)
  for name, value in body:gmatch("<(%w+)>([^<]*)</%1>") do
    subtree:add(message_fields.field, buffer(header_end + 3), name .. ": " .. value)
  end
end

-- STUN with every byte replaced by its complement ------------------------------------------------------------------------------

local function dissect_stun(buffer, pinfo, tree)
  local plain = ByteArray.new()
  plain:set_size(buffer:len())
  for at = 0, buffer:len() - 1 do plain:set_index(at, 255 - buffer(at, 1):uint()) end
  local tvb = plain:tvb("Plain STUN")
  pinfo.cols.protocol = "DHSTUN"
  local subtree = tree:add(stun, buffer())
  local type = tvb(0, 2):uint()
  pinfo.cols.info = "STUN " .. (STUN_TYPES[type] or string.format("0x%04x", type))
  subtree:add(stun_fields.type, tvb(0, 2))
  subtree:add(stun_fields.length, tvb(2, 2))
  subtree:add(stun_fields.cookie, tvb(4, 4))
  subtree:add(stun_fields.transaction, tvb(8, 12))
  local at = 20
  while at + 4 <= tvb:len() do
    local name, length = tvb(at, 2):uint(), tvb(at + 2, 2):uint()
    if at + 4 + length > tvb:len() then return end
    local attribute = subtree:add(stun_fields.attribute, tvb(at, 2))
    if (name == 0x8029 or name == 0x802a) and length == 8 then
      attribute:add(stun_fields.identify, tvb(at + 4, 8))
    elseif name == 0x0004 and length == 8 then
      attribute:add(stun_fields.port, tvb(at + 6, 2))
      attribute:add(stun_fields.address, tvb(at + 8, 4))
    end
    at = at + 4 + length + (-length % 4)
  end
end

-- Frames in the PTCP stream ----------------------------------------------------------------------------------------------------

-- A frame may go on in the next segment. `carried[stream][sequence]` is what a segment at that place begins with, `starts[packet]`
-- the same by packet number, since packets are dissected again in any order.
local carried, starts = {}, {}

function ptcp.init()
  carried, starts = {}, {}
end

local function add_frame(tvb, subtree)
  local type = tvb(0, 1):uint()
  local frame = subtree:add(tou, tvb())
  frame:set_text("TOU " .. TOU_TYPES[type])
  frame:add(tou_fields.type, tvb(0, 1))
  frame:add(tou_fields.realm, tvb(4, 4))
  if type == 0x10 then
    frame:add(tou_fields.length, tvb(2, 2))
    if tvb:len() > 12 then frame:add(tou_fields.data, tvb(12)) end
  elseif type == 0x11 then
    frame:add(tou_fields.port, tvb(12, 4))
    frame:add(tou_fields.address, tvb(16, 4))
  elseif type == 0x12 then
    frame:add(tou_fields.status, tvb(12, 4))
  elseif tvb:len() > 12 then
    frame:add(tou_fields.value, tvb(12))
  end
  return TOU_TYPES[type]
end

-- Returns what the stream is in the middle of at the end of this segment: data bytes still to come, or the head of a cut frame.
local function dissect_frames(body, start, subtree, names)
  local at = 0
  if start and start.data then
    local length = math.min(start.data, body:len())
    subtree:add(tou_fields.data, body(0, length))
    table.insert(names, "data goes on")
    if length < start.data then return { data = start.data - length } end
    at = length
  end
  local head = start and start.head or ""
  while at < body:len() do
    local code = #head > 0 and head:byte(1) or body(at, 1):uint()
    local size = TOU_SIZES[code]
    if not size then
      local unknown = subtree:add(tou_fields.unknown, body(at))
      if at > 0 then unknown:add_proto_expert_info(malformed) end
      table.insert(names, "Unknown")
      return nil
    end
    local fresh = size - #head
    if body:len() - at < fresh then return { head = head .. body(at):raw() } end
    local frame = body(at, fresh)
    if #head > 0 then
      frame = ByteArray.new(head .. frame:raw(), true):tvb("Frame cut by segments")()
    end
    local length = code == 0x10 and frame(2, 2):uint() or 0
    local here = math.min(length, body:len() - at - fresh)
    if #head == 0 then frame = body(at, fresh + here) end
    table.insert(names, add_frame(frame:tvb(), subtree))
    at = at + fresh + here
    head = ""
    if here < length then return { data = length - here } end
  end
  return nil
end

local function dissect_ptcp(buffer, pinfo, tree)
  pinfo.cols.protocol = "PTCP"
  local subtree = tree:add(ptcp, buffer(0, 24))
  local flags = buffer(13, 1):uint()
  local sequence, length = buffer(4, 4):uint(), buffer:len() - 24
  subtree:add(ptcp_fields.sequence, buffer(4, 4))
  subtree:add(ptcp_fields.acknowledgment, buffer(8, 4))
  local flag_tree = subtree:add(ptcp_fields.flags, buffer(13, 1))
  flag_tree:add(ptcp_fields.connect, buffer(13, 1))
  flag_tree:add(ptcp_fields.reset, buffer(13, 1))
  subtree:add(ptcp_fields.window, buffer(14, 2))
  subtree:add(ptcp_fields.timestamp, buffer(16, 4))
  subtree:add(ptcp_fields.echo, buffer(20, 4))
  subtree:add(ptcp_fields.length, length):set_generated()

  local names = {}
  if bit.band(flags, 0x02) ~= 0 then
    table.insert(names, "Connect")
  elseif bit.band(flags, 0x04) ~= 0 then
    table.insert(names, "Reset")
  elseif length > 0 then
    local stream = string.format("%s:%d>%s:%d", pinfo.src, pinfo.src_port, pinfo.dst, pinfo.dst_port)
    carried[stream] = carried[stream] or {}
    if not pinfo.visited then starts[pinfo.number] = carried[stream][sequence] end
    local rest = dissect_frames(buffer(24):tvb(), starts[pinfo.number], tree, names)
    if not pinfo.visited then carried[stream][(sequence + length) % 0x100000000] = rest end
  else
    table.insert(names, "Ack")
  end
  pinfo.cols.info = string.format("%s Seq=%d Ack=%d Win=%d Len=%d", table.concat(names, ", "), sequence,
    buffer(8, 4):uint(), buffer(14, 2):uint(), length)
end

-- Who takes a datagram ---------------------------------------------------------------------------------------------------------

local VERBS = { DHGET = true, DHPOST = true, NFGET = true, NFPOST = true }

local function dissect_any(buffer, pinfo, tree)
  if buffer:len() < 20 then return false end
  local text = buffer(0, 16):raw()
  if buffer:len() >= 24 and text:sub(1, 4) == "PTCP" then
    dissect_ptcp(buffer, pinfo, tree)
  elseif text:sub(1, 4) == "\xff\xfe\xff\xe7" or text:sub(1, 4) == "\xfe\xfe\xff\xe7" or text:sub(1, 4) == "\xfe\xfe\xff\xf3" then
    dissect_stun(buffer, pinfo, tree)
  elseif text:sub(1, 5) == "HTTP/" or VERBS[text:match("^%u+") or ""] then
    dissect_message(buffer, pinfo, tree)
  else
    return false
  end
  return true
end

message:register_heuristic("udp", dissect_any)
