using System.Text.Json;

namespace BuildData.Samples.Dashboard;

/// <summary>A build to replay: what it prints, and how long each step takes.</summary>
/// <param name="Builder">The name of the builder.</param>
/// <param name="Description">What the builder does.</param>
/// <param name="Tags">The tags of the builder.</param>
/// <param name="Triggers">The builder that a successful build triggers; null if there is none.</param>
/// <param name="FailureRate">How many of 100 builds fail.</param>
/// <param name="Steps">The steps.</param>
internal sealed record Recording(string Builder, string Description, string[] Tags, string? Triggers, int FailureRate, RecordedStep[] Steps)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<Recording> ReadAll(string file) =>
        JsonSerializer.Deserialize<Recording[]>(File.ReadAllText(file), Format) ?? throw new InvalidDataException($"{file} has no recordings.");
}

/// <summary>A step of a build to replay.</summary>
/// <param name="Name">The title of the step.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="State">The state at the end.</param>
/// <param name="Log">The lines that it printed.</param>
/// <param name="Lock">The lock that it needed; null if there was none.</param>
/// <param name="Link">An address that belongs to the step; null if there was none.</param>
/// <param name="CanFail">Whether the step is the one that fails in a failing build.</param>
/// <param name="Error">What a failing step prints last.</param>
internal sealed record RecordedStep(string Name, double Seconds, string State, string[] Log, string? Lock = null, string? Link = null, bool CanFail = false, string? Error = null);
