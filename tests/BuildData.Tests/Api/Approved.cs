namespace BuildData.Tests;

/// <summary>
/// Compares a text with the approved one in the folder Approved. Where they differ, the new text is written beside it as
/// <c>.received.txt</c>. If the change is intended, copy it over the approved text.
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
