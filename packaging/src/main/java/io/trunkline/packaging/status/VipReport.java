package io.trunkline.packaging.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VIP as this node sees it.
 *
 * @param networkInterface that gets the addresses
 * @param state of this node: initialize, backup or master
 * @param reason of the last transition
 * @param why this node is, or is not, the master: a sentence
 * @param since when the state began
 * @param master who has the addresses, as far as this node knows; null: nobody was heard
 * @param priority this node bids with now
 * @param serving whether that is the configured one
 * @param transitions the last ones, oldest first
 */
public record VipReport(
    String name,
    @JsonProperty("interface") String networkInterface,
    List<String> addresses,
    String state,
    String reason,
    String why,
    String since,
    @Nullable MasterReport master,
    int priority,
    boolean serving,
    List<TransitionReport> transitions) {

  /** The node that has the addresses. */
  public record MasterReport(String address, int priority) {}

  /** From one state to another. */
  public record TransitionReport(String at, String from, String to, String reason) {}
}
