package io.trunkline.daemon.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ManPageTest {
  private static String body(String markdown) {
    String page = ManPage.render(markdown, "x", "1", "1.2.3", "does it");
    return page.substring(page.indexOf(".SH DESCRIPTION\n") + ".SH DESCRIPTION\n".length());
  }

  @Test
  void theHeadSaysWhoseManualItIs() {
    assertThat(ManPage.render("# x\n", "x", "1", "1.2.3", "does it"))
        .isEqualTo(
            """
            .TH X 1 "" "Trunkline 1.2.3" "Trunkline"
            .SH NAME
            x \\- does it
            .SH DESCRIPTION
            """);
  }

  @Test
  void headingsParagraphsAndLists() {
    assertThat(body("## A `b`\n\none\ntwo **three** [four](x.md).\n\n- item\n  goes on\n"))
        .isEqualTo(
            """
            .SH A \\fBb\\fR
            .PP
            one two \\fBthree\\fR four.
            .IP \\(bu 2
            item goes on
            """);
  }

  @Test
  void codeIsLeftAsItIs() {
    assertThat(body("```yaml\na: [`b`]\n.c\n```\n    d -e\n"))
        .isEqualTo(
            """
            .PP
            .RS 4
            .nf
            a: [`b`]
            \\&.c
            .fi
            .RE
            .PP
            .RS 4
            .nf
            d \\-e
            .fi
            .RE
            """);
  }

  @Test
  void aTableIsAListOfItsFirstColumn() {
    assertThat(body("| Key | Type | Default | Meaning |\n|-|-|-|-|\n| `a` | x\\|y | | It is. |\n"))
        .isEqualTo(".TP\n\\fBa\\fR\nType: x|y. It is.\n");
  }

  @Test
  void everyKeyOfTheConfigurationIsInItsPage() throws IOException {
    String manual = Files.readString(Path.of("..", "..", "docs", "configuration.md"));
    assertThat(ManPage.render(manual, "trunkline.yaml", "5", "1.2.3", "its configuration"))
        .contains(".TP\n\\fBdrain_timeout\\fR\n", ".TP\n\\fBhold_timeout\\fR\n")
        .doesNotContain("\n|", "```");
  }
}
