using System.Data.Common;
using BuildData.Sql;
using BuildData.Stores;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>Native and trimmed programs read the same values from a row as Dapper does.</summary>
internal sealed class TypedRowParsersTests
{
    private SqliteConnection _connection = null!;

    [SetUp]
    public void OpenConnection()
    {
        _connection = new SqliteConnection("Data Source=:memory:");
        _connection.Open();
    }

    [TearDown]
    public void CloseConnection() => _connection.Dispose();

    [Test]
    public void Create_ClassWithNullText_ReadsWhatDapperReads() => AssertSameAsDapper<StoredEvent>(
        "SELECT 7 AS sequence, 1000 AS at, 'step' AS kind, 'new' AS name, 3 AS ResourceId, '{}' AS resource, NULL AS properties");

    [Test]
    public void Create_ClassWithText_ReadsWhatDapperReads() => AssertSameAsDapper<StoredEvent>(
        "SELECT 7 AS sequence, 1000 AS at, 'step' AS kind, 'new' AS name, 3 AS ResourceId, '{}' AS resource, '[]' AS properties");

    [Test]
    public void Create_Number_ReadsWhatDapperReads() => AssertSameAsDapper<long>("SELECT 9000000000");

    [TestCase("SELECT 5")]
    [TestCase("SELECT NULL")]
    public void Create_NullableNumber_ReadsWhatDapperReads(string sql) => AssertSameAsDapper<long?>(sql);

    [TestCase("SELECT 'text'")]
    [TestCase("SELECT NULL")]
    public void Create_Text_ReadsWhatDapperReads(string sql) => AssertSameAsDapper<string?>(sql);

    [Test]
    public void Create_RangeOfColumns_ReadsOnlyThem()
    {
        using DbDataReader reader = Read("SELECT 1 AS other, 7 AS sequence, 'step' AS kind, 'x' AS last");

        StoredEvent row = TypedRowParsers.Create<StoredEvent>(reader, start: 1, length: 2)(reader);

        (row.Sequence, row.Kind).Should().Be((7, "step"));
    }

    [Test]
    public void Create_ColumnWithoutProperty_NamesTheColumn()
    {
        using DbDataReader reader = Read("SELECT 1 AS colour");

        FluentActions.Invoking(() => TypedRowParsers.Create<StoredEvent>(reader, 0, -1)).Should().Throw<NotSupportedException>().WithMessage("*'colour'*");
    }

    private void AssertSameAsDapper<T>(string sql)
    {
        using DbDataReader reader = Read(sql);

        T row = TypedRowParsers.Create<T>(reader, 0, -1)(reader);

        row.Should().BeEquivalentTo(_connection.QuerySingle<T>(sql));
    }

    private DbDataReader Read(string sql)
    {
        var reader = (DbDataReader)_connection.ExecuteReader(sql);
        reader.Read();
        return reader;
    }
}
