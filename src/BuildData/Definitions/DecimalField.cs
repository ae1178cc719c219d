using System.Globalization;
using System.Reflection;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute that is a decimal number. The column contains whole numbers of a small unit, so that no store has to compute with
/// floating-point numbers. The C# property is a <see cref="TimeSpan"/>, which the wire form has in seconds, or a nullable <see cref="double"/>.
/// </summary>
/// <param name="wireName">The wire name.</param>
/// <param name="column">The column or the SQL expression that returns the number of units.</param>
/// <param name="unitsPerOne">The number of units in 1: 1,000,000 if the number is in seconds and the column in microseconds.</param>
/// <param name="getUnits">Returns the number of units.</param>
/// <param name="propertyName">The name of the C# property.</param>
/// <param name="isNullable">Whether the column can contain null.</param>
internal sealed class DecimalField<T>(
    string wireName, string column, long unitsPerOne, Func<T, SqlValue> getUnits, string propertyName, bool isNullable = false)
    : Field<T>(wireName, FieldType.Decimal, column, getUnits, isNullable, propertyName)
{
    public override ColumnReader<T> CreateReader(PropertyInfo property)
    {
        if (property.PropertyType == typeof(double?) && IsNullable)
            return ColumnReaders.Create<T, double?>(property, (row, i) => row.IsDBNull(i) ? null : row.GetInt64(i) / (double)unitsPerOne);

        long ticksPerUnit = TimeSpan.TicksPerSecond / unitsPerOne;
        return ColumnReaders.Create<T, TimeSpan>(property, (row, i) => TimeSpan.FromTicks(row.GetInt64(i) * ticksPerUnit));
    }

    public override SqlValue ToSqlValue(Filter filter, FilterValue value)
    {
        decimal number = ToNumber(value) ?? throw NoSuchValue(filter, value);

        // A number outside the range of the column is clamped, so that it is before or after every stored number.
        decimal limit = long.MaxValue / unitsPerOne;
        return (long)decimal.Round(Math.Clamp(number, -limit, limit) * unitsPerOne);
    }

    private static decimal? ToNumber(FilterValue value) => value.Content switch
    {
        long number => number,
        TimeSpan time => time.Ticks / (decimal)TimeSpan.TicksPerSecond,
        double number when !double.IsNaN(number) => (decimal)Math.Clamp(number, long.MinValue, long.MaxValue),
        string text when value.IsUnparsed
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) => number,
        _ => null,
    };
}
