package io.ostraka.shard;

import io.ostraka.Column;
import io.ostraka.Stream;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The Parquet schema that follows from a stream's declaration. */
final class ShardSchema {
  private ShardSchema() {}

  static MessageType of(Stream stream) {
    Types.MessageTypeBuilder schema = Types.buildMessage();
    schema.addField(Types.required(PrimitiveTypeName.INT64).named("row"));
    schema.addField(
        Types.primitive(PrimitiveTypeName.INT64, repetition(!stream.stepRequired())).named("step"));
    schema.addField(
        Types.required(PrimitiveTypeName.INT64)
            .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
            .named("time"));
    for (Column column : stream.columns()) {
      schema.addField(field(column));
    }
    return schema.named(stream.folder());
  }

  private static Type field(Column column) {
    Type.Repetition repetition = repetition(column.nullable());
    return switch (column.type()) {
      case NAME, STRING ->
          Types.primitive(PrimitiveTypeName.BINARY, repetition)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(column.name());
    };
  }

  private static Type.Repetition repetition(boolean nullable) {
    return nullable ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
  }
}
