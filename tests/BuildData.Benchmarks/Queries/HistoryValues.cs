using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildData.Benchmarks;

/// <summary>Fills the values of a history into a path.</summary>
internal sealed partial class HistoryValues
{
    private readonly Dictionary<string, string> _values;

    private HistoryValues(Dictionary<string, string> values) => _values = values;

    public static async Task<HistoryValues> Read(DataApi data, HistoryShape shape)
    {
        // A complete build of the builder that has most builds, in the middle of the history.
        long middle = (shape.Builds / 16 * 8) + 1;
        Build build = (await data.Get<Build>($"/builds/{middle}"))!;
        Build newest = (await data.Get<Build>($"/builds/{shape.Builds}"))!;
        return new HistoryValues(new()
        {
            ["build"] = Text(middle),
            ["number"] = Text(build.Number),
            ["step"] = Text(middle * HistoryShape.StepsPerBuild),
            ["trigger"] = Text(shape.Builds / 20 * 10 + 9),
            ["external"] = $"external {Text(middle)}",
            ["stamp"] = Text((middle / 2) + 1),
            ["revision"] = HistorySql.Revision((middle / 2) + 2),
            ["ticket"] = $"T-{Text(middle)}",
            ["minute_ago"] = Text(newest.StartedAt.ToUnixTimeSeconds() - 60),
        });
    }

    public string Fill(string path) => Placeholder().Replace(path, match => Uri.EscapeDataString(_values[match.Groups[1].Value]));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
