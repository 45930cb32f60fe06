package io.trunkline.importer.keepalived;

import static io.trunkline.importer.common.KeywordNotes.changed;
import static io.trunkline.importer.common.KeywordNotes.lost;
import static io.trunkline.importer.common.KeywordNotes.replaced;
import static io.trunkline.importer.common.KeywordNotes.row;

import io.trunkline.importer.common.KeywordNotes;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Remark.Kind;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What becomes of the statements of keepalived.conf that nothing is made of. */
final class KeepalivedKeywords {
  private static final String NOT_NEEDED = "%s: is not needed";
  private static final String INCLUDES = "include includer includem includew includeb includea";

  private static final KeywordNotes TOP =
      KeywordNotes.of(
          replaced("vrrp_track_process vrrp_track_file track_file", "%s" + KeepalivedScript.BID),
          row(
              Kind.MISSING,
              INCLUDES,
              "include: name the included files on the command line as well, with --keepalived"),
          lost(
              "virtual_server virtual_server_group",
              "%s: IPVS; what it balanced becomes a listener by hand"));

  private static final KeywordNotes SCRIPT =
      KeywordNotes.of(
          replaced(
              "interval timeout rise fall user init_fail",
              "interval, timeout, rise, fall and the like: no script is run"),
          lost("weight", "weight: no script raises or lowers the bid"));

  private static final KeywordNotes GLOBAL =
      KeywordNotes.of(
          lost(
              """
              notification_email notification_email_from smtp_server smtp_connect_timeout
              smtp_helo_name smtp_alert smtp_alert_vrrp smtp_alert_checker email_faults
              no_email_faults
              """,
              "%s: Trunkline sends no mail; see the metrics"),
          replaced(
              """
              enable_script_security script_user max_auto_priority enable_dbus enable_snmp_vrrp
              enable_traps vrrp_strict vrrp_skip_check_adv_addr vrrp_garp_interval vrrp_gna_interval
              process_names process_name vrrp_process_name use_pid_dir
              """,
              NOT_NEEDED),
          replaced(
              "router_id",
              "router_id of global_defs is only a name in mails; node is the host name unless set"),
          lost(
              "vrrp_mcast_group4 vrrp_mcast_group6",
              "%s: adverts go to VRRP's own group, or to unicast_peers"));

  private static final KeywordNotes INSTANCE =
      KeywordNotes.of(
          row(
              Kind.MISSING,
              INCLUDES,
              "include: what the file within this block says is not known; put its lines here"),
          replaced("state", "state: the priority decides, from the first advert on"),
          replaced(
              """
              preempt native_ipv6 debug linkbeat_use_polling strict_mode skip_check_adv_addr
              promote_secondaries accept check_unicast_src
              """,
              NOT_NEEDED),
          replaced("track_process track_file", "%s: the bid follows what this node serves"),
          changed(
              "track_interface",
              "track_interface: only the interface of the VIP itself is watched"),
          changed(
              "dont_track_primary",
              "dont_track_primary: the interface of the VIP is always watched"),
          lost(
              """
              notify notify_master notify_backup notify_fault notify_stop notify_deleted
              notify_master_rx_lower_pri notify_priority_changes smtp_alert
              """,
              "%s: nothing is run when a VIP moves; the log (vip_state_changed), the metrics and"
                  + " /api/v1/events tell of it"),
          changed(
              "unicast_src_ip mcast_src_ip",
              "%s: adverts are sent from the interface's own address; peers that name this node"
                  + " must name that"),
          changed(
              "use_vmac vmac_xmit_base use_vmac_addr use_ipvlan",
              "%s: the address is announced with the interface's own MAC address, by gratuitous"
                  + " ARP"),
          lost("virtual_routes virtual_rules", "%s: only addresses move, no routes or rules"),
          lost(
              "down_timer_adverts",
              "down_timer_adverts: the master is down after 3 intervals, as the RFC says"));

  /** Of an instance: something is made of them where they are what they should be. */
  private static final Set<String> READ =
      Text.words(
          """
          advert_int garp_master_delay garp_master_refresh garp_master_repeat interface version
          """);

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
      case "global_defs" -> it -> known(GLOBAL, it, "");
      case "vrrp_script" -> it -> known(SCRIPT, it, "");
      case "vrrp_instance", "vrrp_sync_group" ->
          it -> READ.contains(it.keyword()) ? Optional.empty() : known(INSTANCE, it, "");
      default -> it -> Optional.empty();
    };
  }

  static Optional<Note> top(KeepalivedStatement statement) {
    return switch (statement.keyword()) {
      case "vrrp_script" -> Optional.empty();
      case "vrrp_track_process", "vrrp_track_file", "track_file" ->
          known(TOP, statement, " " + Text.shown(statement.word(1)));
      default -> known(TOP, statement, "");
    };
  }

  /**
   * @param after the keyword in the message
   */
  private static Optional<Note> known(
      KeywordNotes notes, KeepalivedStatement statement, String after) {
    String told = Text.shown(statement.keyword()) + after;
    return notes
        .of(statement.keyword(), told)
        .or(() -> Optional.of(Note.lost(told + ": Trunkline has nothing like it")));
  }
}
