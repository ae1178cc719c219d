using System.Security.Cryptography;
using System.Text;

namespace BuildData.Benchmarks;

/// <summary>The source stamp that all buildsets are of.</summary>
internal static class SharedSourceStamp
{
    public static SourceStampKey Key { get; } = new() { Repository = "https://example.org/app.git", Branch = "main", Revision = "9f3c1e" };

    /// <summary>Returns the text by which the contenders find it.</summary>
    public static string Hash() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Key.Repository}\n{Key.Branch}\n{Key.Revision}\n{Key.Project}\n{Key.Codebase}")));
}
