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
            parameters.Add(value.Kind switch
            {
                SqlValueKind.Number => new NpgsqlParameter<long> { TypedValue = value.Number },
                SqlValueKind.Text => new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(value.Text!) },
                SqlValueKind.Bytes => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value.Bytes },
                _ => new NpgsqlParameter { Value = DBNull.Value },
            });
        }
    }
}
