package io.trunkline.packaging.imports;

import java.io.StringReader;
import java.util.List;
import java.util.Optional;
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

/** A mapping of a YAML file whose keys are looked up with their lines. Nothing is instantiated. */
final class YamlTree {
  private final String file;
  private final MappingNode mapping;

  private YamlTree(String file, MappingNode mapping) {
    this.file = file;
    this.mapping = mapping;
  }

  /** The first document of the file. */
  static YamlTree of(ImportSource source) throws Unparsable {
    var options = new LoaderOptions();
    options.setCodePointLimit(ImportSource.LARGEST + 1);
    try {
      for (Node root : new Yaml(options).composeAll(new StringReader(source.text()))) {
        if (root instanceof MappingNode mapping) {
          return new YamlTree(source.file(), mapping);
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
  Optional<Place> at(String... keys) {
    return entry(keys).map(entry -> place(entry.getKeyNode()));
  }

  boolean has(String... keys) {
    return entry(keys).isPresent();
  }

  /** The text of a scalar; empty for none, an empty one, and what is no text. */
  Optional<String> text(String... keys) {
    return entry(keys).flatMap(entry -> text(entry.getValueNode())).filter(it -> !it.isBlank());
  }

  /** Items of a list, or of a text with commas. */
  List<String> texts(String... keys) {
    return entry(keys)
        .map(NodeTuple::getValueNode)
        .map(
            value ->
                value instanceof SequenceNode sequence
                    ? sequence.getValue().stream().flatMap(it -> text(it).stream())
                    : text(value).stream())
        .orElse(Stream.empty())
        .flatMap(text -> Text.commaSeparated(text).stream())
        .toList();
  }

  Optional<YamlTree> section(String key) {
    return entry(key)
        .map(NodeTuple::getValueNode)
        .filter(MappingNode.class::isInstance)
        .map(node -> new YamlTree(file, (MappingNode) node));
  }

  /** Its keys that are texts, with their places. */
  Stream<Key> keys() {
    return mapping.getValue().stream()
        .map(NodeTuple::getKeyNode)
        .filter(ScalarNode.class::isInstance)
        .map(key -> new Key(((ScalarNode) key).getValue(), place(key)));
  }

  /** A key and where it stands. */
  record Key(String name, Place place) {}

  /** Where the mapping begins. */
  Place place() {
    return place(mapping);
  }

  private Optional<NodeTuple> entry(String... keys) {
    return mapping.getValue().stream()
        .filter(
            tuple ->
                tuple.getKeyNode() instanceof ScalarNode key
                    && List.of(keys).contains(key.getValue()))
        .findFirst();
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
