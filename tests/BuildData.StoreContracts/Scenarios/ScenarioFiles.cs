namespace BuildData.StoreContracts;

/// <summary>
/// The recorded scenarios: those of the project, and further ones from the folder that the environment variable
/// BUILDDATA_SCENARIOS names.
/// </summary>
public static class ScenarioFiles
{
    /// <summary>Gets the paths of the files of the project.</summary>
    public static string[] Own => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios", "Data"), "*.json");

    /// <summary>Returns the paths of all files, as test cases that have the names of the files.</summary>
    public static IEnumerable<TestCaseData> All()
    {
        IEnumerable<string> files = Own;
        if (Environment.GetEnvironmentVariable("BUILDDATA_SCENARIOS") is { Length: > 0 } more)
            files = files.Concat(Directory.GetFiles(more, "*.json"));
        return files.Order(StringComparer.Ordinal).Select(file => new TestCaseData(file).SetArgDisplayNames(Path.GetFileNameWithoutExtension(file)));
    }
}
