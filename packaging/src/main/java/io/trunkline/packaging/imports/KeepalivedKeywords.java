package io.trunkline.packaging.imports;

/** What becomes of the statements of keepalived.conf that nothing is made of. */
final class KeepalivedKeywords {
  private static final String NOTHING_LIKE_IT = ": Trunkline has nothing like it";

  private KeepalivedKeywords() {}

  static void top(KeepalivedStatement statement, Remarks remarks) {
    String word = statement.keyword();
    String told = Text.shown(word);
    switch (word) {
      case "vrrp_instance" -> {}
      case "global_defs" -> statement.body().forEach(it -> global(it, remarks));
      case "vrrp_script" -> script(statement, remarks);
      case "vrrp_track_process", "vrrp_track_file", "track_file" ->
          remarks.replaced(
              statement.place(),
              told
                  + " "
                  + Text.shown(statement.word(1))
                  + ": a node bids for the VIP only while its listeners serve and a primary can be"
                  + " reached; if it checked anything else, that is lost");
      case "vrrp_sync_group" ->
          remarks.changed(
              statement.place(),
              "vrrp_sync_group: all VIPs of a node follow what the node serves, so they move"
                  + " together; but each has its own adverts, and the fault of one interface moves"
                  + " only its own VIPs");
      case "include", "includer", "includem", "includew", "includeb", "includea" ->
          remarks.missing(
              statement.place(),
              "include: name the included files on the command line as well, with --keepalived");
      case "virtual_server", "virtual_server_group" ->
          remarks.lost(
              statement.place(), told + ": IPVS; what it balanced becomes a listener by hand");
      default -> remarks.lost(statement.place(), told + NOTHING_LIKE_IT);
    }
  }

  /** Those that ask for a role are told where an instance tracks them. */
  private static void script(KeepalivedStatement statement, Remarks remarks) {
    KeepalivedScript script = KeepalivedScript.of(statement);
    if (script.subject() == KeepalivedScript.Subject.NODE) {
      remarks.replaced(
          statement.place(),
          script.told()
              + ": a node bids for the VIP only while its listeners serve and a primary can be"
              + " reached; if it checked anything else, that is lost");
    }
  }

  private static void global(KeepalivedStatement statement, Remarks remarks) {
    String word = statement.keyword();
    String told = Text.shown(word);
    switch (word) {
      case "vrrp_version",
          "vrrp_garp_master_delay",
          "vrrp_garp_master_repeat",
          "vrrp_garp_master_refresh" -> {}
      case "notification_email",
          "notification_email_from",
          "smtp_server",
          "smtp_connect_timeout",
          "smtp_helo_name",
          "smtp_alert",
          "smtp_alert_vrrp",
          "email_faults" ->
          remarks.lost(statement.place(), told + ": Trunkline sends no mail; see the metrics");
      case "enable_script_security",
          "script_user",
          "max_auto_priority",
          "enable_dbus",
          "enable_snmp_vrrp",
          "enable_traps",
          "vrrp_strict",
          "vrrp_skip_check_adv_addr",
          "vrrp_garp_interval",
          "vrrp_gna_interval" ->
          remarks.replaced(statement.place(), told + ": is not needed");
      case "router_id" ->
          remarks.replaced(
              statement.place(),
              "router_id of global_defs is only a name in mails; node is the host name unless set");
      case "vrrp_mcast_group4", "vrrp_mcast_group6" ->
          remarks.lost(
              statement.place(), told + ": adverts go to VRRP's own group, or to unicast_peers");
      default -> remarks.replaced(statement.place(), told + ": was left out");
    }
  }

  static void instance(KeepalivedStatement statement, Remarks remarks) {
    String word = statement.keyword();
    String told = Text.shown(word);
    switch (word) {
      case "authentication", "unicast_peer", "virtual_ipaddress", "virtual_ipaddress_excluded" -> {}
      case "nopreempt" -> rest(statement, 1, remarks);
      case "advert_int",
          "garp_master_delay",
          "garp_master_refresh",
          "garp_master_repeat",
          "interface",
          "preempt_delay",
          "priority",
          "version",
          "virtual_router_id" ->
          rest(statement, 2, remarks);
      case "include", "includer", "includem", "includew", "includeb", "includea" ->
          remarks.missing(
              statement.place(),
              "include: what the file within this instance says is not known; put its lines here");
      case "state" ->
          remarks.replaced(
              statement.place(), "state: the priority decides, from the first advert on");
      case "preempt",
          "native_ipv6",
          "debug",
          "linkbeat_use_polling",
          "strict_mode",
          "skip_check_adv_addr",
          "promote_secondaries",
          "accept",
          "check_unicast_src" ->
          remarks.replaced(statement.place(), told + ": is not needed");
      case "track_script", "track_process", "track_file" ->
          remarks.replaced(
              statement.place(),
              told
                  + ": the bid follows what this node serves; weights of scripts have no"
                  + " counterpart");
      case "track_interface" ->
          remarks.changed(
              statement.place(),
              "track_interface: only the interface of the VIP itself is watched");
      case "dont_track_primary" ->
          remarks.changed(
              statement.place(), "dont_track_primary: the interface of the VIP is always watched");
      case "notify",
          "notify_master",
          "notify_backup",
          "notify_fault",
          "notify_stop",
          "notify_deleted",
          "notify_master_rx_lower_pri",
          "smtp_alert" ->
          remarks.lost(
              statement.place(),
              told
                  + ": nothing is run when a VIP moves; the log (vip_state_changed), the metrics"
                  + " and /api/v1/events tell of it");
      case "unicast_src_ip", "mcast_src_ip" ->
          remarks.changed(
              statement.place(),
              told
                  + ": adverts are sent from the interface's own address; peers that name this node"
                  + " must name that");
      case "use_vmac", "vmac_xmit_base", "use_vmac_addr", "use_ipvlan" ->
          remarks.changed(
              statement.place(),
              told
                  + ": the address is announced with the interface's own MAC address, by gratuitous"
                  + " ARP");
      case "virtual_routes", "virtual_rules" ->
          remarks.lost(statement.place(), told + ": only addresses move, no routes or rules");
      case "down_timer_adverts" ->
          remarks.lost(
              statement.place(),
              "down_timer_adverts: the master is down after 3 intervals, as the RFC says");
      default -> remarks.lost(statement.place(), told + NOTHING_LIKE_IT);
    }
  }

  /** Tells the words after so many, which have no effect. */
  static void rest(KeepalivedStatement statement, int read, Remarks remarks) {
    if (statement.words().size() > read) {
      remarks.lost(
          statement.place(),
          Text.shown(statement.keyword())
              + ": had no effect: "
              + Text.shown(
                  String.join(" ", statement.words().subList(read, statement.words().size()))));
    }
  }
}
