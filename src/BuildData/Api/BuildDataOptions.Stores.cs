using BuildData.Stores;
using BuildData.Stores.Sqlite;

namespace BuildData;

public sealed partial class BuildDataOptions
{
    private Func<StoreContext, IStore>? _createStore;
    private Action<BuildDataOptions>? _validateStore;

    /// <summary>Stores the data in a SQLite file. The store creates the file if it does not exist.</summary>
    /// <param name="connectionString">
    /// The connection string, such as <c>Data Source=builds.db</c>. With <c>Mode=ReadOnly</c>, the process can only query the store, while
    /// another process writes the file.
    /// </param>
    /// <param name="configure">Sets options of the SQLite store.</param>
    /// <returns>This object, so that calls can be chained.</returns>
    /// <remarks>
    /// <para>
    /// A relative file name is relative to the application domain's <c>DataDirectory</c>, if the host program has set this value. Otherwise
    /// the name is relative to the current directory. A file name can begin with <c>|DataDirectory|</c>, which stands for the value of
    /// <c>DataDirectory</c>. If the host program has not set this value, <c>|DataDirectory|</c> stands for
    /// <see cref="AppContext.BaseDirectory"/>.
    /// </para>
    /// <para>
    /// Other keywords of the connection string: <c>Mode=ReadWrite</c> does not create the file. <c>Vfs</c> applies to all connections.
    /// <c>Recursive Triggers</c> applies to triggers that the host program has added. <c>Cache=Private</c> and <c>Foreign Keys=True</c> are always in effect. <c>Pooling</c>
    /// has no effect, because the store pools its connections itself.
    /// </para>
    /// <para>
    /// These keywords are not supported: <c>Mode=Memory</c>, <c>Password</c>, <c>Cache=Shared</c>, <c>Foreign Keys=False</c>, and a
    /// <c>Default Timeout</c> other than 30. A file name can't be a URI (<c>file:</c>). The message of the exception states the reason.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The connection string is malformed, names no file, or has an unsupported keyword; or an option is invalid.
    /// </exception>
    public BuildDataOptions UseSqlite(string connectionString, Action<SqliteOptions>? configure = null)
    {
        configure?.Invoke(Sqlite);
        Sqlite.Validate();
        _ = new SqliteFile(connectionString, Sqlite);
        ConnectionString = connectionString;
        return UseSqlite();
    }

    /// <summary>Stores the data in the SQLite file that <see cref="ConnectionString"/> specifies. This is the default.</summary>
    /// <returns>This object, so that calls can be chained.</returns>
    public BuildDataOptions UseSqlite()
    {
        _createStore = null;
        return this;
    }

    /// <summary>Stores the data in another implementation of <see cref="IStore"/>.</summary>
    /// <param name="create">Creates the store, but does not open it. The master opens the store later.</param>
    /// <param name="validate">
    /// Checks the options of the store, such as <see cref="ConnectionString"/>, and throws an <see cref="ArgumentException"/> if one is
    /// invalid. Null if there is nothing to check.
    /// </param>
    /// <returns>This object, so that calls can be chained.</returns>
    public BuildDataOptions UseStore(Func<StoreContext, IStore> create, Action<BuildDataOptions>? validate = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _createStore = create;
        _validateStore = validate;
        return this;
    }

    /// <summary>Checks all options.</summary>
    /// <exception cref="ArgumentException">No store is selected, or an option is invalid.</exception>
    internal void Validate()
    {
        ValidateSettings();
        if (_createStore is not null)
            _validateStore?.Invoke(this);
        else
            _ = GetSqliteFile();
    }

    internal IStore CreateStore(StoreContext context) =>
        _createStore is not null ? _createStore(context) : new SqliteStore(GetSqliteFile(), context);

    /// <summary>Returns the name of the store if the store is read-only; otherwise null.</summary>
    internal string? FindReadOnlyStore() => _createStore is null && GetSqliteFile() is { IsReadOnly: true } file ? file.Path : null;

    private SqliteFile GetSqliteFile() => string.IsNullOrWhiteSpace(ConnectionString)
        ? throw new ArgumentException($"No store is selected. Set {nameof(ConnectionString)}, call UseSqlite, or call the corresponding method of another store's package.")
        : new SqliteFile(ConnectionString, Sqlite);
}
