using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Represents the field <c>slug</c>, whose values are identifiers. A filter with another text is an error.</summary>
internal sealed class SlugField() : Field<StepLog>("slug", FieldType.Text, "log.slug", static log => log.Slug)
{
    public override SqlValue ToSqlValue(Filter filter, FilterValue value) =>
        filter.Operator != FilterOperator.Contains && value.Content is string text && !Identifier.IsValid(text)
            ? throw new InvalidQueryException(filter.Parameter, $"'{Values.ShortText.Of(text)}' is not an identifier of at most {Identifier.MaxLength} characters.")
            : base.ToSqlValue(filter, value);
}

/// <summary>Represents the field <c>type</c>. The column contains one letter. A filter with another text is an error.</summary>
internal sealed class LogTypeField() : Field<StepLog>("type", FieldType.Text, "log.type", static log => LogTypeLetters.ToLetter(log.Type))
{
    public override SqlValue ToSqlValue(Filter filter, FilterValue value) => value.Content switch
    {
        LogType type when Enum.IsDefined(type) => LogTypeLetters.ToLetter(type),
        string letter when LogTypeLetters.Find(letter) is not null => base.ToSqlValue(filter, value),
        _ => throw new InvalidQueryException(filter.Parameter, $"'{Values.ShortText.Of(value.ToString())}' is not a type of a log: t, s, h or d."),
    };

    public override ColumnReader<StepLog> CreateReader(System.Reflection.PropertyInfo property) =>
        ColumnReaders.Create<StepLog, LogType>(property, static (row, i) => LogTypeLetters.Find(row.GetString(i)) ?? LogType.Text);
}
