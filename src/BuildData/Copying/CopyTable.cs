namespace BuildData.Copying;

/// <summary>Describes a table that a copy copies. Immutable and thread-safe.</summary>
/// <param name="name">The name of the table.</param>
internal sealed class CopyTable(string name)
{
    /// <summary>Gets the name of the table.</summary>
    public string Name => name;

    /// <summary>Gets the columns of the primary key, or of the unique index that takes its place. Rows are copied in this order.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>Gets the columns with whole numbers.</summary>
    public required IReadOnlyList<string> Numbers { get; init; }

    /// <summary>Gets the columns with texts.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Gets the columns with bytes.</summary>
    public IReadOnlyList<string> Bytes { get; init; } = [];

    /// <summary>
    /// Gets the columns with whole numbers that only stores with several writers have. A copy copies them if both stores have them.
    /// </summary>
    public IReadOnlyList<string> SharedStoreNumbers { get; init; } = [];

    /// <summary>
    /// Gets the columns that refer to rows of tables that are copied later. A copy first writes null, and sets these columns when all rows
    /// of all tables are copied. They can be null, contain whole numbers, and are also in <see cref="Numbers"/>.
    /// </summary>
    public IReadOnlyList<string> LateColumns { get; init; } = [];

    /// <summary>Gets whether each store has exactly one row in this table, also an empty store.</summary>
    public bool HasOneRow { get; init; }

    /// <summary>Gets whether the database generates the values of a column <c>id</c>.</summary>
    public bool GeneratesIds => Key is ["id"];
}
