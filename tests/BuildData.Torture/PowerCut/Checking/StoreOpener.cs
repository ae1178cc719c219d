using BuildData.Torture.PowerCut.Load;

namespace BuildData.Torture.PowerCut.Checking;

/// <summary>Opens the store that the recorded process has written. Can be used from any thread.</summary>
internal sealed class StoreOpener(LoadSettings settings)
{
    /// <summary>Gets the path of the database in a folder.</summary>
    public static string Database(string folder) => Path.Combine(folder, LoadSettings.Database);

    /// <summary>Opens the store with the same options, but does not remove the lines of logs.</summary>
    public Task<Master> Open(string folder) => Master.Open(options => settings.Apply(options, folder));
}
