package io.ostraka.query.filter;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a filter asks. A comparison is false where the subject has no such value; so {@code a != 1}
 * asks for another value, and {@code not a = 1} for another one or none.
 */
sealed interface Condition {
  boolean matches(Subject subject);

  /** Adds the fields that it asks for. */
  void addFields(Set<Field> fields);

  /** Whether all hold. */
  record And(List<Condition> all) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      for (Condition one : all) {
        if (!one.matches(subject)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void addFields(Set<Field> fields) {
      all.forEach(one -> one.addFields(fields));
    }
  }

  /** Whether any holds. */
  record Or(List<Condition> any) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      for (Condition one : any) {
        if (one.matches(subject)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void addFields(Set<Field> fields) {
      any.forEach(one -> one.addFields(fields));
    }
  }

  /** Whether one does not hold. */
  record Not(Condition condition) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      return !condition.matches(subject);
    }

    @Override
    public void addFields(Set<Field> fields) {
      condition.addFields(fields);
    }
  }

  /** Whether there is a value; an empty list is none. */
  record Exists(Field field) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      Value value = subject.value(field);
      return value != null && !(value instanceof Value.Many many && many.values().isEmpty());
    }

    @Override
    public void addFields(Set<Field> fields) {
      // Asking whether it is there is no mistake where it is not.
    }
  }

  /** Whether a value is in an order with a literal. */
  record Order(Field field, Operator operator, Literal literal) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      Value value = subject.value(field);
      return value != null
          && literal.isOrderedWith(value)
          && operator.accepts(literal.compare(value));
    }

    @Override
    public void addFields(Set<Field> fields) {
      fields.add(field);
    }
  }

  /** Which results of a comparison an operator takes. */
  enum Operator {
    LESS,
    AT_MOST,
    GREATER,
    AT_LEAST;

    boolean accepts(int order) {
      return switch (this) {
        case LESS -> order < 0;
        case AT_MOST -> order <= 0;
        case GREATER -> order > 0;
        case AT_LEAST -> order >= 0;
      };
    }
  }

  /**
   * Whether a value, or an element of a list, passes a test.
   *
   * @param negated whether it is to be there and none may pass
   */
  record Is(Field field, Test test, boolean negated) implements Condition {
    @Override
    public boolean matches(Subject subject) {
      Value value = subject.value(field);
      return value != null && passes(value) != negated;
    }

    private boolean passes(Value value) {
      if (!(value instanceof Value.Many many)) {
        return test.passes(value);
      }
      for (Value element : many.values()) {
        if (test.passesAsElement(element)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void addFields(Set<Field> fields) {
      fields.add(field);
    }
  }

  /** A test of one value. */
  sealed interface Test {
    boolean passes(Value value);

    /** Whether an element of a list passes. */
    default boolean passesAsElement(Value value) {
      return passes(value);
    }
  }

  /** Whether it equals one of some literals. */
  record OneOf(List<Literal> literals) implements Test {
    @Override
    public boolean passes(Value value) {
      for (Literal literal : literals) {
        if (literal.equalTo(value)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Whether a text has a part, a list an element, a nested value a key, or it equals the rest. */
  record Has(Literal literal) implements Test {
    @Override
    public boolean passes(Value value) {
      if (value instanceof Value.Text text) {
        return lower(text.value()).contains(lower(literal.text()));
      }
      if (value instanceof Value.Nested nested) {
        return nested.json().has(literal.text());
      }
      return literal.equalTo(value);
    }

    @Override
    public boolean passesAsElement(Value value) {
      return literal.equalTo(value);
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }

  /** Whether a text has a part that an expression describes. */
  record Like(RegularExpression expression) implements Test {
    @Override
    public boolean passes(Value value) {
      return value instanceof Value.Text text && expression.isFoundIn(text.value());
    }
  }

  /** What matches everything, for no filter at all. */
  static Condition always() {
    return new And(List.of());
  }

  /** One condition, or several joined. */
  static Condition all(List<Condition> conditions) {
    return conditions.size() == 1 ? conditions.get(0) : new And(List.copyOf(conditions));
  }

  /** One condition, or several of which one is enough. */
  static Condition any(List<Condition> conditions) {
    return conditions.size() == 1 ? conditions.get(0) : new Or(List.copyOf(conditions));
  }
}
