namespace BuildData.Tests;

/// <summary>
/// Compares a text with an approved file of the repository. Where they differ, the new text is written beside it as
/// <c>.received.txt</c>. If the change is intended, copy it over the approved file.
/// </summary>
internal static class Approved
{
    /// <summary>Compares a text with a file.</summary>
    /// <param name="file">The path of the file without <c>.txt</c>, relative to the repository.</param>
    /// <param name="received">The text.</param>
    public static void Verify(string file, string received)
    {
        string path = Path.Combine(Repository.Root, file);
        string approved = File.Exists(path + ".txt") ? File.ReadAllText(path + ".txt") : "";
        if (received != approved)
            File.WriteAllText(path + ".received.txt", received);
        received.Should().Be(approved, $"'{file}.txt' is what was approved");
    }
}
