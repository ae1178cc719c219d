using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Converts SQL values to the driver's parameters.</summary>
internal static class ParameterExtensions
{
    /// <summary>
    /// Adds one parameter for each value, in order. Encodes the character U+0000 in texts, because PostgreSQL can't store it.
    /// </summary>
    public static void AddValues(this NpgsqlParameterCollection parameters, ReadOnlySpan<SqlValue> values)
    {
        foreach (SqlValue value in values)
        {
            NpgsqlParameter parameter = value.Kind switch
            {
                SqlValueKind.Number => new NpgsqlParameter<long>(),
                SqlValueKind.Text => new NpgsqlParameter<string>(),
                SqlValueKind.Bytes => new NpgsqlParameter<ReadOnlyMemory<byte>>(),
                _ => new NpgsqlParameter(),
            };
            parameter.SetValue(value);
            parameters.Add(parameter);
        }
    }

    /// <summary>Sets the value of a parameter that <see cref="AddValues"/> has added for a value of the same kind.</summary>
    public static void SetValue(this NpgsqlParameter parameter, SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Number:
                ((NpgsqlParameter<long>)parameter).TypedValue = value.Number;
                break;
            case SqlValueKind.Text:
                ((NpgsqlParameter<string>)parameter).TypedValue = NullCharacterEncoding.Encode(value.Text!);
                break;
            case SqlValueKind.Bytes:
                ((NpgsqlParameter<ReadOnlyMemory<byte>>)parameter).TypedValue = value.Bytes;
                break;
            default:
                parameter.Value = DBNull.Value;
                break;
        }
    }
}
