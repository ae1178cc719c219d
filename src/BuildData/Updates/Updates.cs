using BuildData.Stores;

namespace BuildData;

/// <summary>
/// The update methods: all that changes state. Each is one atomic, durable change: when its task completes, the change is
/// committed and has been announced; when it fails, nothing of it is there. A wrong argument is an
/// <see cref="ArgumentException"/> before anything is queued; an id that names nothing is a
/// <see cref="ResourceNotFoundException"/>. A cancellation token counts until the update is taken up; after that it runs to
/// its end.
/// </summary>
/// <remarks>
/// With SQLite, an update that meets no other runs on the caller's thread, the wait for the disk included; those that do
/// meet share transactions on a writer thread. Each can fail with <see cref="StoreException"/>, with
/// <see cref="StoreReadOnlyException"/> if the store is open read-only, and with <see cref="ObjectDisposedException"/> once the
/// master is disposed.
/// </remarks>
public sealed partial class Updates
{
    private readonly Master _master;
    private readonly IStore _store;

    internal Updates(Master master, IStore store)
    {
        _master = master;
        _store = store;
    }

    private Task<TResult> Write<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, CancellationToken cancellationToken)
    {
        return _master.IsOpen ? _store.Write(body, args, cancellationToken) : OpenAndWrite();

        async Task<TResult> OpenAndWrite()
        {
            await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
            return await _store.Write(body, args, cancellationToken).ConfigureAwait(false);
        }
    }
}
