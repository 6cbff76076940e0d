package io.ostraka.query.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementsTest {
  @Test
  void aSemicolonEndsAStatementUnlessItIsQuotedOrCommented() {
    assertThat(Statements.of("SELECT 1; SELECT ';' ; SELECT \"a;b\"; SELECT 1 -- ;\n + 2"))
        .containsExactly("SELECT 1", " SELECT ';' ", " SELECT \"a;b\"", " SELECT 1 -- ;\n + 2");
    assertThat(Statements.of("SELECT 'it''s; so'; /* ; /* ; */ ; */ SELECT $$ ; $$"))
        .containsExactly("SELECT 'it''s; so'", " /* ; /* ; */ ; */ SELECT $$ ; $$");
    assertThat(Statements.of("SELECT $a$ ; $$ ; $a$; SELECT E'\\';'"))
        .containsExactly("SELECT $a$ ; $$ ; $a$", " SELECT E'\\';'");
  }

  @Test
  void whatSaysNothingIsNoStatement() {
    assertThat(Statements.of("; ;\n -- nothing\n /* nothing */ ;")).isEmpty();
    assertThat(Statements.of("")).isEmpty();
    assertThat(Statements.of("SELECT 1;\n-- the end")).containsExactly("SELECT 1");
  }

  @Test
  void aTextIsCompleteWhenItsLastStatementHasItsSemicolon() {
    assertThat(Statements.isComplete("SELECT 1;")).isTrue();
    assertThat(Statements.isComplete("SELECT 1; -- so")).isTrue();
    assertThat(Statements.isComplete("SELECT 1")).isFalse();
    assertThat(Statements.isComplete("SELECT ';")).isFalse();
    assertThat(Statements.isComplete("SELECT /* ;")).isFalse();
    assertThat(Statements.isComplete("SELECT $x$;")).isFalse();
  }
}
