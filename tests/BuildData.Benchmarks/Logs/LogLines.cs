using System.Globalization;

namespace BuildData.Benchmarks.Logs;

/// <summary>Has lines of 100 characters, such as a compiler writes. They differ from each other.</summary>
internal static class LogLines
{
    public const int Length = 100;

    /// <summary>Returns different lines, without their ends.</summary>
    public static string[] Create(int count)
    {
        var random = new Random(15);
        return [.. Enumerable.Range(0, count).Select(i => Line(random, i))];
    }

    private static string Line(Random random, int number)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{number % 100}%] Building CXX object src/module{random.Next(40)}/CMakeFiles/part{random.Next(300)}.dir/file{random.Next(5000)}.cpp.o {random.Next():x8}");
        return line.Length > Length ? line[..Length] : line.PadRight(Length, '.');
    }
}
