"""An application of the os-ken controller that puts a switch to the test, and prints TAP lines: run by
switch-os-ken-test.py."""
from os_ken.base.app_manager import OSKenApp
from os_ken.controller import ofp_event
from os_ken.controller.handler import CONFIG_DISPATCHER, HANDSHAKE_DISPATCHER, MAIN_DISPATCHER, set_ev_cls
from os_ken.lib import hub
from os_ken.lib.packet import ethernet, packet
from os_ken.ofproto import ofproto_v1_3

PATIENCE = 10
ALL = [HANDSHAKE_DISPATCHER, CONFIG_DISPATCHER, MAIN_DISPATCHER]


class Judge(OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.heard = hub.Queue()
        self.n = 0
        self.datapath = None
        self.rounds = 0

    # ---- what comes in -----------------------------------------------------------------------------------------------

    @set_ev_cls([ofp_event.EventOFPStateChange], [MAIN_DISPATCHER])
    def begun(self, event):
        self.datapath = event.datapath
        self.rounds += 1
        hub.spawn(self.first_round if self.rounds == 1 else self.second_round)

    @set_ev_cls([ofp_event.EventOFPErrorMsg, ofp_event.EventOFPPacketIn, ofp_event.EventOFPFlowRemoved,
                 ofp_event.EventOFPPortStatus, ofp_event.EventOFPRoleReply, ofp_event.EventOFPBarrierReply,
                 ofp_event.EventOFPGetConfigReply, ofp_event.EventOFPGetAsyncReply, ofp_event.EventOFPFlowStatsReply,
                 ofp_event.EventOFPAggregateStatsReply, ofp_event.EventOFPTableStatsReply,
                 ofp_event.EventOFPPortStatsReply, ofp_event.EventOFPPortDescStatsReply, ofp_event.EventOFPQueueStatsReply,
                 ofp_event.EventOFPGroupStatsReply, ofp_event.EventOFPGroupDescStatsReply,
                 ofp_event.EventOFPGroupFeaturesStatsReply, ofp_event.EventOFPMeterStatsReply,
                 ofp_event.EventOFPMeterConfigStatsReply, ofp_event.EventOFPMeterFeaturesStatsReply,
                 ofp_event.EventOFPDescStatsReply, ofp_event.EventOFPTableFeaturesStatsReply,
                 ofp_event.EventOFPQueueGetConfigReply, ofp_event.EventOFPEchoReply], ALL)
    def hear(self, event):
        self.heard.put(event.msg)

    def next(self, kind):
        """The next message of this class; others are passed by."""
        while True:
            try:
                message = self.heard.get(timeout=PATIENCE)
            except hub.QueueEmpty:
                return None
            if isinstance(message, kind):
                return message

    # ---- what goes out -----------------------------------------------------------------------------------------------

    def check(self, name, good, *details):
        self.n += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}", flush=True)
        if not good:
            for detail in details:
                print(f"# {detail}", flush=True)

    def ask(self, request, kind):
        while not self.heard.empty():
            self.heard.get()
        self.datapath.send_msg(request)
        return self.next(kind)

    def flow(self, match=None, actions=(), meter=None, **more):
        of, parser = self.datapath.ofproto, self.datapath.ofproto_parser
        instructions = [parser.OFPInstructionActions(of.OFPIT_APPLY_ACTIONS, list(actions))]
        if meter:
            instructions.insert(0, parser.OFPInstructionMeter(meter))
        return parser.OFPFlowMod(self.datapath, match=match or parser.OFPMatch(), instructions=instructions, **more)

    def packet_out(self, actions):
        of, parser = self.datapath.ofproto, self.datapath.ofproto_parser
        frame = packet.Packet()
        frame.add_protocol(ethernet.ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:00:05", 0x1234))
        frame.serialize()
        return parser.OFPPacketOut(self.datapath, buffer_id=of.OFP_NO_BUFFER, in_port=1, actions=actions,
                                   data=bytes(frame.data) + b"0123456789")

    def refused(self, name, request, kind, code):
        of = self.datapath.ofproto
        answer = self.ask(request, self.datapath.ofproto_parser.OFPErrorMsg)
        self.check(name, answer and (answer.type, answer.code) == (getattr(of, kind), getattr(of, code)), answer)

    # ---- the test ----------------------------------------------------------------------------------------------------

    def first_round(self):
        try:
            self.session()
            self.statistics()
            self.changes()
            self.errors()
            self.roles()
        finally:
            self.datapath.close()

    def second_round(self):
        of, parser = self.datapath.ofproto, self.datapath.ofproto_parser
        answer = self.ask(parser.OFPFlowStatsRequest(self.datapath), parser.OFPFlowStatsReply)
        self.check("the switch dials again, and its flows have stayed", answer and len(answer.body) == 1, answer)
        answer = self.ask(parser.OFPRoleRequest(self.datapath, of.OFPCR_ROLE_NOCHANGE, 0), parser.OFPRoleReply)
        self.check("as an equal", answer and answer.role == of.OFPCR_ROLE_EQUAL, answer)
        print(f"1..{self.n}", flush=True)

    def session(self):
        of, parser = self.datapath.ofproto, self.datapath.ofproto_parser
        self.check("the handshake comes to its end, with ports",
                   self.datapath.id == 0x2a and sorted(self.datapath.ports) == [1, 2, 3, 4], self.datapath.ports)
        answer = self.ask(parser.OFPEchoRequest(self.datapath, b"there?"), parser.OFPEchoReply)
        self.check("echo", answer and answer.data == b"there?", answer)
        self.datapath.send_msg(parser.OFPSetConfig(self.datapath, of.OFPC_FRAG_NORMAL, 0xffff))
        answer = self.ask(parser.OFPGetConfigRequest(self.datapath), parser.OFPGetConfigReply)
        self.check("set and get config", answer and answer.miss_send_len == 0xffff, answer)
        answer = self.ask(parser.OFPBarrierRequest(self.datapath), parser.OFPBarrierReply)
        self.check("barrier", answer)

    def statistics(self):
        of, parser, datapath = self.datapath.ofproto, self.datapath.ofproto_parser, self.datapath
        for name, request, kind, good in (
                ("description", parser.OFPDescStatsRequest(datapath, 0), parser.OFPDescStatsReply,
                 lambda body: body.mfr_desc == b"vteplab"),
                ("tables", parser.OFPTableStatsRequest(datapath, 0), parser.OFPTableStatsReply, lambda body: len(body) == 254),
                ("table features", parser.OFPTableFeaturesStatsRequest(datapath, 0, []), parser.OFPTableFeaturesStatsReply,
                 lambda body: body[0].table_id == 0 and len(body[0].properties) == 8),
                ("port statistics", parser.OFPPortStatsRequest(datapath, 0, of.OFPP_ANY), parser.OFPPortStatsReply,
                 lambda body: len(body) == 4),
                ("port descriptions", parser.OFPPortDescStatsRequest(datapath, 0), parser.OFPPortDescStatsReply,
                 lambda body: [port.name for port in body] == [b"p1", b"p2", b"p3", b"p4"]),
                ("queue statistics", parser.OFPQueueStatsRequest(datapath, 0, of.OFPP_ANY, of.OFPQ_ALL),
                 parser.OFPQueueStatsReply, lambda body: body == []),
                ("group features", parser.OFPGroupFeaturesStatsRequest(datapath, 0), parser.OFPGroupFeaturesStatsReply,
                 lambda body: body.max_groups == [65536] * 4),
                ("meter features", parser.OFPMeterFeaturesStatsRequest(datapath, 0), parser.OFPMeterFeaturesStatsReply,
                 lambda body: body[0].max_bands == 8)):
            answer = self.ask(request, kind)
            self.check(name, answer and good(answer.body), answer)
        answer = self.ask(parser.OFPQueueGetConfigRequest(datapath, of.OFPP_ANY), parser.OFPQueueGetConfigReply)
        self.check("queue configuration", answer and answer.queues == [], answer)

    def changes(self):
        of, parser, datapath = self.datapath.ofproto, self.datapath.ofproto_parser, self.datapath
        datapath.send_msg(parser.OFPGroupMod(datapath, of.OFPGC_ADD, of.OFPGT_ALL, 7, [
            parser.OFPBucket(actions=[parser.OFPActionOutput(2)]), parser.OFPBucket(actions=[parser.OFPActionOutput(3)])]))
        datapath.send_msg(parser.OFPMeterMod(datapath, of.OFPMC_ADD, of.OFPMF_PKTPS, 3, [
            parser.OFPMeterBandDrop(rate=2), parser.OFPMeterBandDscpRemark(rate=1, prec_level=1)]))
        datapath.send_msg(self.flow(parser.OFPMatch(in_port=1), [parser.OFPActionGroup(7)], meter=3, table_id=0, priority=5,
                                    cookie=0x99, flags=of.OFPFF_SEND_FLOW_REM))
        answer = self.ask(parser.OFPFlowStatsRequest(datapath), parser.OFPFlowStatsReply)
        self.check("a flow comes back as it was sent", answer and answer.body[0].cookie == 0x99
                   and answer.body[0].match["in_port"] == 1 and answer.body[0].instructions[0].meter_id == 3, answer)
        for _ in range(4):
            datapath.send_msg(self.packet_out([parser.OFPActionOutput(of.OFPP_TABLE)]))
        answer = self.ask(parser.OFPGroupStatsRequest(datapath, 0, 7), parser.OFPGroupStatsReply)
        self.check("the meter lets two of four packets through to the group's buckets", answer and
                   [stats.packet_count for stats in answer.body[0].bucket_stats] == [2, 2], answer)
        answer = self.ask(parser.OFPMeterStatsRequest(datapath, 0, 3), parser.OFPMeterStatsReply)
        self.check("and counts all, with those that a band caught", answer and answer.body[0].packet_in_count == 4
                   and [band.packet_band_count for band in answer.body[0].band_stats] == [2, 1], answer)
        answer = self.ask(parser.OFPMeterConfigStatsRequest(datapath, 0, of.OFPM_ALL), parser.OFPMeterConfigStatsReply)
        self.check("the meter comes back as it was sent", answer and [(band.rate, band.type) for band in answer.body[0].bands]
                   == [(2, of.OFPMBT_DROP), (1, of.OFPMBT_DSCP_REMARK)], answer)
        answer = self.ask(parser.OFPGroupDescStatsRequest(datapath, 0), parser.OFPGroupDescStatsReply)
        self.check("the group comes back as it was sent", answer and [bucket.actions[0].port for bucket in
                                                                      answer.body[0].buckets] == [2, 3], answer)
        answer = self.ask(parser.OFPAggregateStatsRequest(datapath, 0, of.OFPTT_ALL, of.OFPP_ANY, of.OFPG_ANY, 0, 0,
                                                          parser.OFPMatch()), parser.OFPAggregateStatsReply)
        self.check("aggregate", answer and (answer.body.flow_count, answer.body.packet_count) == (1, 4), answer)
        answer = self.ask(self.packet_out([parser.OFPActionOutput(of.OFPP_CONTROLLER, 0xffff)]), parser.OFPPacketIn)
        self.check("a packet-in holds the packet and its port", answer and answer.match["in_port"] == 1
                   and answer.data[12:14] == b"\x12\x34" and answer.data.endswith(b"0123456789") and answer.buffer_id == of.OFP_NO_BUFFER, answer)
        answer = self.ask(parser.OFPGroupMod(datapath, of.OFPGC_DELETE, of.OFPGT_ALL, 7), parser.OFPFlowRemoved)
        self.check("a group that goes takes its flows, and that is told", answer and answer.cookie == 0x99
                   and answer.reason == of.OFPRR_GROUP_DELETE and answer.packet_count == 4, answer)
        port = datapath.ports[2]
        answer = self.ask(parser.OFPPortMod(datapath, 2, port.hw_addr, of.OFPPC_PORT_DOWN, of.OFPPC_PORT_DOWN, 0),
                          parser.OFPPortStatus)
        self.check("port-mod is followed by port-status", answer and answer.desc.config & of.OFPPC_PORT_DOWN, answer)

    def errors(self):
        of, parser, datapath = self.datapath.ofproto, self.datapath.ofproto_parser, self.datapath
        for name, request, kind, code in (
                ("a group that is not there", self.flow(actions=[parser.OFPActionGroup(9)]), "OFPET_BAD_ACTION",
                 "OFPBAC_BAD_OUT_GROUP"),
                ("a table that is not there", self.flow(table_id=254), "OFPET_FLOW_MOD_FAILED", "OFPFMFC_BAD_TABLE_ID"),
                ("a meter that is not there", self.flow(meter=9), "OFPET_METER_MOD_FAILED", "OFPMMFC_INVALID_METER"),
                ("goto backwards", parser.OFPFlowMod(datapath, table_id=3, instructions=[parser.OFPInstructionGotoTable(2)]),
                 "OFPET_BAD_INSTRUCTION", "OFPBIC_BAD_TABLE_ID"),
                ("ports without a protocol", self.flow(parser.OFPMatch(tcp_src=1)), "OFPET_BAD_MATCH", "OFPBMC_BAD_PREREQ"),
                ("a buffer", parser.OFPPacketOut(datapath, buffer_id=5, in_port=1, actions=[], data=None),
                 "OFPET_BAD_REQUEST", "OFPBRC_BUFFER_UNKNOWN"),
                ("another port's address", parser.OFPPortMod(datapath, 2, "02:00:00:00:00:99", 0, 1, 0),
                 "OFPET_PORT_MOD_FAILED", "OFPPMFC_BAD_HW_ADDR"),
                ("an experimenter", parser.OFPExperimenter(datapath, 0x1234, 1, b""), "OFPET_BAD_REQUEST",
                 "OFPBRC_BAD_EXPERIMENTER")):
            self.refused(f"{name} is refused", request, kind, code)

    def roles(self):
        of, parser, datapath = self.datapath.ofproto, self.datapath.ofproto_parser, self.datapath
        datapath.send_msg(self.flow(priority=1))
        datapath.send_msg(parser.OFPSetAsync(datapath, [3, 2], [7, 7], [15, 1]))
        answer = self.ask(parser.OFPGetAsyncRequest(datapath), parser.OFPGetAsyncReply)
        self.check("async masks come back as they were sent", answer and list(answer.packet_in_mask) == [3, 2], answer)
        answer = self.ask(parser.OFPRoleRequest(datapath, of.OFPCR_ROLE_MASTER, 5), parser.OFPRoleReply)
        self.check("master", answer and (answer.role, answer.generation_id) == (of.OFPCR_ROLE_MASTER, 5), answer)
        self.refused("an old generation is refused", parser.OFPRoleRequest(datapath, of.OFPCR_ROLE_SLAVE, 4),
                     "OFPET_ROLE_REQUEST_FAILED", "OFPRRFC_STALE")
        answer = self.ask(parser.OFPRoleRequest(datapath, of.OFPCR_ROLE_SLAVE, 6), parser.OFPRoleReply)
        self.check("slave", answer and answer.role == of.OFPCR_ROLE_SLAVE, answer)
        self.refused("a slave may not change flows", self.flow(), "OFPET_BAD_REQUEST", "OFPBRC_IS_SLAVE")
        answer = self.ask(parser.OFPFlowStatsRequest(datapath), parser.OFPFlowStatsReply)
        self.check("but may ask", answer and len(answer.body) == 1, answer)
