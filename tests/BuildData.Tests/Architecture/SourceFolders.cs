using System.Text.RegularExpressions;

namespace BuildData.Tests;

/// <summary>Knows the folder in which each type of a project is declared. The namespace of a public type says nothing about its folder.</summary>
internal sealed partial class SourceFolders
{
    private readonly ILookup<string, string> _folders;

    public SourceFolders(string project)
    {
        string root = Path.Combine(Repository.Root, "src", project);
        _folders = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Folder: Path.GetDirectoryName(Path.GetRelativePath(root, file))!.Replace('\\', '/'), Text: File.ReadAllText(file)))
            .Where(file => file.Folder != "obj" && !file.Folder.StartsWith("obj/", StringComparison.Ordinal) && !file.Folder.StartsWith("bin/", StringComparison.Ordinal))
            .SelectMany(file => Declaration().Matches(file.Text).Select(type => (Type: $"{Namespace().Match(file.Text).Groups[1].Value}.{type.Groups[1].Value}", file.Folder)))
            .Distinct()
            .ToLookup(type => type.Type, type => type.Folder, StringComparer.Ordinal);
    }

    /// <summary>Gets the types whose parts are in several folders.</summary>
    public IEnumerable<string> SplitTypes => _folders.Where(folders => folders.Count() > 1).Select(folders => folders.Key);

    /// <summary>Returns whether a type is declared in a folder or below it, and nowhere else.</summary>
    public bool IsIn(string folder, string type)
    {
        // A generic type ends with its arity, a nested type with its own name.
        string outer = Suffix().Replace(type, "");
        string[] folders = [.. _folders[outer]];
        return folders.Length == 1 && (folders[0] == folder || folders[0].StartsWith(folder + "/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(?:public|internal) (?:[a-z]+ )*(?:class|struct|interface|enum|record struct|record|delegate [\w<>\[\]?]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"[`+/<].*$")]
    private static partial Regex Suffix();
}
