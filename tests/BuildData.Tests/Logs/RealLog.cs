using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace BuildData.Tests;

/// <summary>
/// A long log of a real program: the diagnostic output of MSBuild for a project, repeated. Each line of a repetition has a number of its own, so the
/// repetitions differ.
/// </summary>
internal static class RealLog
{
    private static readonly Lazy<Task<string[]>> Output = new(Run);

    /// <summary>Returns parts of the log, each with many whole lines, until the log has a size in bytes.</summary>
    public static async IAsyncEnumerable<byte[]> Parts(long size)
    {
        string[] output = await Output.Value;
        long written = 0;
        for (int repetition = 0; ; repetition++)
        {
            foreach (string[] lines in output.Chunk(500))
            {
                byte[] part = Encoding.UTF8.GetBytes(string.Concat(lines.Select((line, i) => $"{(repetition * 7919) + (i * 31)} {line}\n")));
                yield return part;
                written += part.Length;
                if (written >= size)
                    yield break;
            }
        }
    }

    /// <summary>Returns the hash of a stream, and its length. Calls a function from time to time.</summary>
    public static async Task<(string Hash, long Length)> Hash(Stream stream, Action? every10Megabytes = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        for (int read = -1; read != 0; length += read)
        {
            read = await stream.ReadAsync(buffer);
            hash.AppendData(buffer, 0, read);
            if (length / 10_000_000 != (length + read) / 10_000_000)
                every10Megabytes?.Invoke();
        }

        return (Convert.ToHexString(hash.GetHashAndReset()), length);
    }

    private static async Task<string[]> Run()
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(Repository.Root, "src", "BuildData", "BuildData.csproj"), "-t:GetTargetPath", "-v:diag", "-nologo", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        string[] lines = output.Split('\n');
        lines.Length.Should().BeGreaterThan(1000, "the output is that of a build");
        return lines;
    }
}
