using System.Collections;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace BuildData.PostgreSql.Text;

/// <summary>
/// Wraps another reader, and decodes the texts that the other reader returns. The store encodes the character U+0000 in texts, because
/// PostgreSQL can't store this character.
/// </summary>
/// <param name="reader">The other reader.</param>
internal sealed class TextDecodingRowReader(DbDataReader reader) : DbDataReader
{
    public override int FieldCount => reader.FieldCount;

    public override int Depth => reader.Depth;

    public override bool HasRows => reader.HasRows;

    public override bool IsClosed => reader.IsClosed;

    public override int RecordsAffected => reader.RecordsAffected;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override object GetValue(int ordinal) =>
        reader.GetValue(ordinal) is var value && value is string text ? NullCharacterEncoding.Decode(text) : value;

    public override string GetString(int ordinal) => NullCharacterEncoding.Decode(reader.GetString(ordinal));

    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
            values[i] = GetValue(i);
        return count;
    }

    public override bool IsDBNull(int ordinal) => reader.IsDBNull(ordinal);

    public override string GetName(int ordinal) => reader.GetName(ordinal);

    public override int GetOrdinal(string name) => reader.GetOrdinal(name);

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => reader.GetFieldType(ordinal);

    public override string GetDataTypeName(int ordinal) => reader.GetDataTypeName(ordinal);

    public override bool Read() => reader.Read();

    public override bool NextResult() => reader.NextResult();

    public override IEnumerator GetEnumerator() => reader.GetEnumerator();

    public override bool GetBoolean(int ordinal) => reader.GetBoolean(ordinal);

    public override byte GetByte(int ordinal) => reader.GetByte(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        reader.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override char GetChar(int ordinal) => reader.GetChar(ordinal);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        reader.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override DateTime GetDateTime(int ordinal) => reader.GetDateTime(ordinal);

    public override decimal GetDecimal(int ordinal) => reader.GetDecimal(ordinal);

    public override double GetDouble(int ordinal) => reader.GetDouble(ordinal);

    public override float GetFloat(int ordinal) => reader.GetFloat(ordinal);

    public override Guid GetGuid(int ordinal) => reader.GetGuid(ordinal);

    public override short GetInt16(int ordinal) => reader.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => reader.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => reader.GetInt64(ordinal);
}
