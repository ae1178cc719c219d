using System.Text;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>
/// The inputs of a target that the repository keeps: a text file with an input per line. A comment begins with <c>#</c>. The long form writes the file anew,
/// with the fewest short inputs that run all code that it has found.
/// </summary>
internal static class Corpus
{
    /// <summary>The folder in the repository.</summary>
    public const string Folder = "tests/BuildData.Torture/Fuzzing/Corpus";

    /// <summary>Reads the inputs of a target.</summary>
    public static IReadOnlyList<byte[]> Read(string target)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Corpus", target + ".txt");
        return File.Exists(file) ? [.. File.ReadLines(file).Where(IsInput).Select(InputText.Parse)] : [];
    }

    /// <summary>Writes the inputs of a target.</summary>
    public static void Write(string file, string target, IEnumerable<byte[]> inputs)
    {
        var text = new StringBuilder($"# Inputs of the target '{target}', one per line. The command 'fuzz --only {target}' writes this file.\n");
        foreach (string line in inputs.Select(input => InputText.Format(input)).Order(StringComparer.Ordinal))
            text.Append(line.StartsWith('#') ? @"\x23" + line[1..] : line).Append('\n');
        File.WriteAllText(file, text.ToString());
    }

    private static bool IsInput(string line) => line.Length > 0 && line[0] != '#';
}
