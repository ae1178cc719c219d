namespace BuildData.Tests;

/// <summary>
/// Holds a text against the one that was approved, in the folder Approved. Where they differ, the new one is written beside it
/// as <c>.received.txt</c>: if the change is meant, it takes the old one's place.
/// </summary>
internal static class Approved
{
    public static void Verify(string name, string received)
    {
        string folder = Path.Combine(Repository.Root, "tests", "BuildData.Tests", "Approved");
        string approvedFile = Path.Combine(folder, name + ".approved.txt");
        string approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile) : "";
        if (received != approved)
            File.WriteAllText(Path.Combine(folder, name + ".received.txt"), received);
        received.Should().Be(approved, $"'{name}' is what was approved");
    }
}
