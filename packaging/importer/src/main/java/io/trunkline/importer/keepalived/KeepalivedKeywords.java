package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Remark;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What becomes of the statements of keepalived.conf that nothing is made of. */
final class KeepalivedKeywords {
  private static final String NOTHING_LIKE_IT = ": Trunkline has nothing like it";

  private KeepalivedKeywords() {}

  /**
   * Tells those that nobody has taken, with what is in their blocks in one remark.
   *
   * @param notes what more is known of one of these statements than that it had no effect
   */
  static void tellLeft(
      List<KeepalivedStatement> statements,
      Function<KeepalivedStatement, Optional<Note>> notes,
      Remarks remarks) {
    for (KeepalivedStatement statement : statements) {
      if (statement.line().isTaken(0)) {
        tellLeft(statement.body(), notes(statement.keyword()), remarks);
      } else {
        notes
            .apply(statement)
            .ifPresent(
                note -> {
                  statement.takeAll();
                  remarks.add(statement.place(), note);
                });
      }
      statement.line().tellLeft(remarks);
    }
  }

  /** For what is in a block of that keyword. */
  private static Function<KeepalivedStatement, Optional<Note>> notes(String keyword) {
    return switch (keyword) {
      case "global_defs" -> KeepalivedKeywords::global;
      case "vrrp_script" -> KeepalivedKeywords::script;
      case "vrrp_instance", "vrrp_sync_group" -> KeepalivedKeywords::instance;
      default -> statement -> Optional.empty();
    };
  }

  static Optional<Note> top(KeepalivedStatement statement) {
    String word = statement.keyword();
    String told = Text.shown(word);
    return Optional.ofNullable(
        switch (word) {
          case "vrrp_script" -> null;
          case "vrrp_track_process", "vrrp_track_file", "track_file" ->
              Note.replaced(told + " " + Text.shown(statement.word(1)) + KeepalivedScript.BID);
          case "include", "includer", "includem", "includew", "includeb", "includea" ->
              new Note(
                  Remark.Kind.MISSING,
                  "include: name the included files on the command line as well, with"
                      + " --keepalived");
          case "virtual_server", "virtual_server_group" ->
              Note.lost(told + ": IPVS; what it balanced becomes a listener by hand");
          default -> Note.lost(told + NOTHING_LIKE_IT);
        });
  }

  private static Optional<Note> script(KeepalivedStatement statement) {
    String told = Text.shown(statement.keyword());
    return Optional.of(
        switch (statement.keyword()) {
          case "interval", "timeout", "rise", "fall", "user", "init_fail" ->
              Note.replaced("interval, timeout, rise, fall and the like: no script is run");
          case "weight" -> Note.lost("weight: no script raises or lowers the bid");
          default -> Note.lost(told + NOTHING_LIKE_IT);
        });
  }

  private static Optional<Note> global(KeepalivedStatement statement) {
    String word = statement.keyword();
    String told = Text.shown(word);
    return Optional.of(
        switch (word) {
          case "notification_email",
              "notification_email_from",
              "smtp_server",
              "smtp_connect_timeout",
              "smtp_helo_name",
              "smtp_alert",
              "smtp_alert_vrrp",
              "smtp_alert_checker",
              "email_faults",
              "no_email_faults" ->
              Note.lost(told + ": Trunkline sends no mail; see the metrics");
          case "enable_script_security",
              "script_user",
              "max_auto_priority",
              "enable_dbus",
              "enable_snmp_vrrp",
              "enable_traps",
              "vrrp_strict",
              "vrrp_skip_check_adv_addr",
              "vrrp_garp_interval",
              "vrrp_gna_interval",
              "process_names",
              "process_name",
              "vrrp_process_name",
              "use_pid_dir" ->
              Note.replaced(told + ": is not needed");
          case "router_id" ->
              Note.replaced(
                  "router_id of global_defs is only a name in mails; node is the host name unless"
                      + " set");
          case "vrrp_mcast_group4", "vrrp_mcast_group6" ->
              Note.lost(told + ": adverts go to VRRP's own group, or to unicast_peers");
          default -> Note.lost(told + NOTHING_LIKE_IT);
        });
  }

  private static Optional<Note> instance(KeepalivedStatement statement) {
    String word = statement.keyword();
    String told = Text.shown(word);
    return Optional.ofNullable(
        switch (word) {
          case "advert_int",
              "garp_master_delay",
              "garp_master_refresh",
              "garp_master_repeat",
              "interface",
              "version" ->
              null;
          case "include", "includer", "includem", "includew", "includeb", "includea" ->
              new Note(
                  Remark.Kind.MISSING,
                  "include: what the file within this block says is not known; put its lines here");
          case "state" -> Note.replaced("state: the priority decides, from the first advert on");
          case "preempt",
              "native_ipv6",
              "debug",
              "linkbeat_use_polling",
              "strict_mode",
              "skip_check_adv_addr",
              "promote_secondaries",
              "accept",
              "check_unicast_src" ->
              Note.replaced(told + ": is not needed");
          case "track_process", "track_file" ->
              Note.replaced(told + ": the bid follows what this node serves");
          case "track_interface" ->
              Note.changed("track_interface: only the interface of the VIP itself is watched");
          case "dont_track_primary" ->
              Note.changed("dont_track_primary: the interface of the VIP is always watched");
          case "notify",
              "notify_master",
              "notify_backup",
              "notify_fault",
              "notify_stop",
              "notify_deleted",
              "notify_master_rx_lower_pri",
              "notify_priority_changes",
              "smtp_alert" ->
              Note.lost(
                  told
                      + ": nothing is run when a VIP moves; the log (vip_state_changed), the"
                      + " metrics and /api/v1/events tell of it");
          case "unicast_src_ip", "mcast_src_ip" ->
              Note.changed(
                  told
                      + ": adverts are sent from the interface's own address; peers that name this"
                      + " node must name that");
          case "use_vmac", "vmac_xmit_base", "use_vmac_addr", "use_ipvlan" ->
              Note.changed(
                  told
                      + ": the address is announced with the interface's own MAC address, by"
                      + " gratuitous ARP");
          case "virtual_routes", "virtual_rules" ->
              Note.lost(told + ": only addresses move, no routes or rules");
          case "down_timer_adverts" ->
              Note.lost(
                  "down_timer_adverts: the master is down after 3 intervals, as the RFC says");
          default -> Note.lost(told + NOTHING_LIKE_IT);
        });
  }
}
