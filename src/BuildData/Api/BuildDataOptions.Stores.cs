using BuildData.Stores;
using BuildData.Stores.Sqlite;

namespace BuildData;

public sealed partial class BuildDataOptions
{
    private Func<StoreContext, IStore>? _store;

    /// <summary>Keeps the data in a SQLite file, which is made if it does not exist.</summary>
    /// <param name="connectionString">
    /// <c>Data Source=builds.db</c>. With <c>Mode=ReadOnly</c> the store can be queried while another process writes it.
    /// </param>
    /// <param name="configure">Sets options of the SQLite store.</param>
    /// <remarks>
    /// <para>
    /// A relative file name begins in the application domain's <c>DataDirectory</c> if the host has set one, else in the current
    /// directory. <c>|DataDirectory|</c> at its beginning stands for that <c>DataDirectory</c>, or for
    /// <see cref="AppContext.BaseDirectory"/> if the host has set none.
    /// </para>
    /// <para>
    /// Of the other keywords, <c>Mode=ReadWrite</c> refuses a file that does not exist, <c>Vfs</c> holds for all connections, and
    /// <c>Recursive Triggers</c> for triggers that the host has added. <c>Cache=Private</c> and <c>Foreign Keys=True</c> are what
    /// the store does in any case. <c>Pooling</c> has no effect, because the store keeps its connections itself. Refused are
    /// <c>Mode=Memory</c>, <c>Password</c>, <c>Cache=Shared</c>, <c>Foreign Keys=False</c> and a <c>Default Timeout</c> other than
    /// 30: they would hold for some connections only, or for none.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The connection string is malformed, names no file, or has a keyword that is refused; or an option makes no sense.</exception>
    public BuildDataOptions UseSqlite(string connectionString, Action<SqliteOptions>? configure = null)
    {
        var options = new SqliteOptions();
        configure?.Invoke(options);
        options.Validate();
        var file = new SqliteFile(connectionString, options.Copy());
        UseStore(context => new SqliteStore(file, context));
        ReadOnlyStore = file.IsReadOnly ? file.Path : null;
        return this;
    }

    /// <summary>Keeps the data in a store of another package.</summary>
    /// <param name="create">Makes the store, which is not opened by that.</param>
    public BuildDataOptions UseStore(Func<StoreContext, IStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        ReadOnlyStore = null;
        _store = create;
        return this;
    }

    /// <exception cref="ArgumentException">No store is chosen.</exception>
    internal void ThrowIfNoStore()
    {
        if (_store is null)
            throw new ArgumentException("No store is chosen: call UseSqlite, or what another store's package has in its place.");
    }

    internal IStore CreateStore(StoreContext context) => _store!(context);
}
