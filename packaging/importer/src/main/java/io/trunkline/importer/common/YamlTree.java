package io.trunkline.importer.common;

import java.io.StringReader;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of a YAML file whose keys are looked up with their lines. Those whose values are asked
 * for are taken; what nobody has taken had no effect. Nothing is instantiated.
 */
public final class YamlTree {
  private final String file;
  private final MappingNode mapping;

  /** Of the whole file. */
  private final Set<NodeTuple> taken;

  private YamlTree(String file, MappingNode mapping, Set<NodeTuple> taken) {
    this.file = file;
    this.mapping = mapping;
    this.taken = taken;
  }

  /** The first document of the file. */
  public static YamlTree of(ImportSource source) throws Unparsable {
    var options = new LoaderOptions();
    options.setCodePointLimit(ImportSource.LARGEST + 1);
    try {
      for (Node root : new Yaml(options).composeAll(new StringReader(source.text()))) {
        if (root instanceof MappingNode mapping) {
          return new YamlTree(
              source.file(), mapping, Collections.newSetFromMap(new IdentityHashMap<>()));
        }
        throw new Unparsable(source.at(1), "is not a mapping of keys to values");
      }
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw new Unparsable(
          source.at(mark == null ? 1 : mark.getLine() + 1),
          mark == null ? 1 : mark.getColumn() + 1,
          "is not valid YAML here; check the indentation, the quotes and the brackets");
    } catch (RuntimeException e) {
      // Whatever else the parser throws at hostile input says nothing that a user could use.
      throw new Unparsable(source.at(1), "is not valid YAML");
    }
    throw new Unparsable(source.at(1), "is empty");
  }

  /** A key of which one spelling is enough. */
  public Optional<Place> at(String... keys) {
    return entry(keys).map(entry -> place(entry.getKeyNode()));
  }

  public boolean has(String... keys) {
    return entry(keys).isPresent();
  }

  /** The text of a scalar; empty for none, an empty one, and what is no text. */
  public Optional<String> text(String... keys) {
    return taken(ScalarNode.class, keys).flatMap(it -> text(it)).filter(it -> !it.isBlank());
  }

  /** The same where it counts; else it is left. */
  public Optional<String> textIf(boolean counts, String... keys) {
    return counts ? text(keys) : Optional.empty();
  }

  /** Items of a list, or of a text with commas. */
  public List<String> texts(String... keys) {
    return taken(Node.class, keys)
        .map(
            value ->
                value instanceof SequenceNode sequence
                    ? sequence.getValue().stream().flatMap(it -> text(it).stream())
                    : text(value).stream())
        .orElse(Stream.empty())
        .flatMap(text -> Text.commaSeparated(text).stream())
        .toList();
  }

  public Optional<YamlTree> section(String key) {
    return taken(MappingNode.class, key).map(node -> new YamlTree(file, node, taken));
  }

  public boolean isTaken(String key) {
    return entry(key).filter(taken::contains).isPresent();
  }

  /** Of these keys it is told elsewhere what became of them. */
  public void take(String... keys) {
    entries(keys).forEach(taken::add);
  }

  /**
   * Tells the keys that nobody has taken.
   *
   * @param notes what is to be said of one of them
   */
  public void tellLeft(Function<String, Optional<Note>> notes, Remarks remarks) {
    for (NodeTuple entry : mapping.getValue()) {
      if (entry.getKeyNode() instanceof ScalarNode key && !taken.contains(entry)) {
        notes.apply(key.getValue()).ifPresent(note -> remarks.add(place(key), note));
      }
    }
  }

  /** Where the mapping begins. */
  public Place place() {
    return place(mapping);
  }

  /** The last of them, as in Python; it overrides the others. */
  private Optional<NodeTuple> entry(String... keys) {
    return entries(keys).reduce((one, other) -> other);
  }

  private Stream<NodeTuple> entries(String... keys) {
    return mapping.getValue().stream()
        .filter(
            tuple ->
                tuple.getKeyNode() instanceof ScalarNode key
                    && List.of(keys).contains(key.getValue()));
  }

  /** The value, if it is of that kind. */
  private <T extends Node> Optional<T> taken(Class<T> kind, String... keys) {
    Optional<NodeTuple> entry = entry(keys).filter(it -> kind.isInstance(it.getValueNode()));
    entry.ifPresent(taken::add);
    return entry.map(it -> kind.cast(it.getValueNode()));
  }

  private static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  private Place place(Node node) {
    return new Place(file, node.getStartMark().getLine() + 1);
  }
}
