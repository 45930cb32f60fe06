package io.trunkline.config;

import io.trunkline.config.Node.Entry;
import io.trunkline.config.Node.Mapping;
import io.trunkline.config.Node.Scalar;
import io.trunkline.config.Node.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Builds a {@link Node} tree with positions from the events of the YAML parser that Jackson uses.
 *
 * <p>Nothing is instantiated, resolved or typed here. Depth and size are bounded, aliases included,
 * so that no file costs more than its size.
 */
final class YamlTree {
  static final int DEEPEST = 32;
  static final int LARGEST = 100_000;

  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Problems problems;
  private Position last = Position.START;
  private int size;
  private int deepest;

  private YamlTree(Iterator<Event> events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /** The one document of the text; empty when it cannot be read to its end. */
  static Optional<Node> parse(String text, Problems problems) {
    var tree =
        new YamlTree(
            new Yaml(new LoaderOptions()).parse(new StringReader(text)).iterator(), problems);
    try {
      return Optional.of(tree.document());
    } catch (Refused e) {
      problems.add(e.at, "", e.message);
    } catch (MarkedYAMLException e) {
      SyntaxError error = SyntaxError.of(e, text);
      problems.add(error.at(), "", error.message());
    } catch (RuntimeException e) {
      // Whatever else the parser may throw at hostile input says nothing that a user could use.
      problems.add(tree.last, "", "is not valid YAML after this place");
    }
    return Optional.empty();
  }

  private Node document() {
    List<Node> roots = new ArrayList<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent && !roots.isEmpty()) {
        throw new Refused(
            at(event), "a second document begins here (---); a configuration is one document");
      }
      if (event instanceof NodeEvent root) {
        roots.add(node(root, 1));
      }
    }
    if (roots.isEmpty() || (roots.getFirst() instanceof Scalar scalar && scalar.isNull())) {
      throw new Refused(
          Position.START,
          "the file is empty; the least it needs is"
              + " clusters: [{scope: NAME, etcd: {hosts: [HOST:2379]}}]");
    }
    return roots.getFirst();
  }

  private Node node(NodeEvent event, int depth) {
    Position at = at(event);
    last = at;
    grow(1, at);
    deepen(depth, at);
    if (event instanceof AliasEvent alias) {
      return expand(alias, depth, at);
    }
    int sizeBefore = size;
    int deepestBefore = deepest;
    deepest = depth;
    Node node =
        switch (event) {
          case ScalarEvent scalar -> {
            refuseTag(scalar.getTag(), at);
            yield new Scalar(at, scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
          }
          case SequenceStartEvent sequence -> {
            refuseTag(sequence.getTag(), at);
            yield new Sequence(at, items(depth));
          }
          case MappingStartEvent mapping -> {
            refuseTag(mapping.getTag(), at);
            yield new Mapping(at, entries(depth));
          }
          case NodeEvent other -> throw new Refused(at, "is not a value");
        };
    if (event.getAnchor() != null) {
      anchors.put(event.getAnchor(), new Anchored(node, size - sizeBefore, deepest - depth));
    }
    deepest = Math.max(deepest, deepestBefore);
    return node;
  }

  private List<Node> items(int depth) {
    List<Node> items = new ArrayList<>();
    while (events.next() instanceof NodeEvent item) {
      items.add(node(item, depth + 1));
    }
    return items;
  }

  private List<Entry> entries(int depth) {
    List<Entry> entries = new ArrayList<>();
    while (events.next() instanceof NodeEvent event) {
      Node key = node(event, depth + 1);
      Node value = node((NodeEvent) events.next(), depth + 1);
      if (key instanceof Scalar name) {
        entries.add(new Entry(name, value));
      } else {
        problems.add(
            key.at(),
            "",
            "a key must be text, not "
                + key.kind()
                + "; a value that begins with { or [ must be in quotes");
      }
    }
    return entries;
  }

  private Node expand(AliasEvent alias, int depth, Position at) {
    // The name is not shown: it may be an unquoted password that begins with *.
    Anchored anchored = anchors.get(alias.getAnchor());
    if (anchored == null) {
      throw new Refused(
          at,
          "* refers to an anchor that is not defined above;"
              + " a value that begins with * must be in quotes");
    }
    grow(anchored.size, at);
    deepen(depth + anchored.depth, at);
    return anchored.node;
  }

  private void grow(int by, Position at) {
    size += by;
    if (size > LARGEST) {
      throw new Refused(at, "more than " + LARGEST + " values up to here, aliases included");
    }
  }

  private void deepen(int depth, Position at) {
    deepest = Math.max(deepest, depth);
    if (depth > DEEPEST) {
      throw new Refused(at, "nested more than " + DEEPEST + " levels deep");
    }
  }

  private static void refuseTag(@Nullable String tag, Position at) {
    if (tag != null) {
      throw new Refused(
          at, "tags (!…) are not supported; a value that begins with ! must be in quotes");
    }
  }

  private static Position at(Event event) {
    Mark mark = event.getStartMark();
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private record Anchored(Node node, int size, int depth) {}

  /** Ends the reading of the tree; never leaves this class. */
  private static final class Refused extends RuntimeException {
    private final Position at;
    private final String message;

    Refused(Position at, String message) {
      super(message, null, false, false);
      this.at = at;
      this.message = message;
    }
  }
}
