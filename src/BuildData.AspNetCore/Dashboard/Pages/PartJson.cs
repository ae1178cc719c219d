using System.Text.Json;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Writes values of resources as the pages read them: times and durations in milliseconds, no member for null.</summary>
internal static class PartJson
{
    // What nobody reads in a table. The whole text is in the REST interface.
    private const int LongestText = 2_000;

    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value)
            json.WriteNumber(name, value.ToUnixTimeMilliseconds());
    }

    public static void WriteDuration(this Utf8JsonWriter json, string name, TimeSpan? duration)
    {
        if (duration is { } value)
            json.WriteNumber(name, (long)value.TotalMilliseconds);
    }

    public static void WriteText(this Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            json.WriteString(name, Cut(text));
    }

    public static void WriteId(this Utf8JsonWriter json, string name, long? id)
    {
        if (id is { } value)
            json.WriteNumber(name, value);
    }

    public static void WriteFlag(this Utf8JsonWriter json, string name, bool value)
    {
        if (value)
            json.WriteBoolean(name, value);
    }

    public static void WriteResult(this Utf8JsonWriter json, BuildResult? result)
    {
        if (result is { } value)
            json.WriteNumber("result", (int)value);
    }

    /// <summary>Writes what all lists of builds show.</summary>
    public static void WriteBuild(this Utf8JsonWriter json, Build build)
    {
        json.WriteNumber("id", build.BuildId);
        json.WriteNumber("number", build.Number);
        json.WriteNumber("builderId", build.BuilderId);
        json.WriteString("builder", build.BuilderName);
        json.WriteResult(build.Results);
        json.WriteTime("started", build.StartedAt);
        json.WriteTime("ended", build.CompleteAt);
        json.WriteText("state", build.StateString);
        json.WriteText("worker", build.WorkerName);
        json.WriteTime("cancelled", build.CancelRequestedAt);
        json.WriteText("cancelReason", build.CancelReason);
        if (build.BuildRequest is { } request)
            json.WriteDuration("queued", NotNegative(build.StartedAt - request.SubmittedAt));
        json.WriteSource(build.Buildset, build.Properties);
    }

    /// <summary>Writes the branch and the revision of the first source stamp, or those of the properties if there is no source stamp.</summary>
    public static void WriteSource(this Utf8JsonWriter json, Buildset? set, PropertyMap? properties)
    {
        SourceStamp? stamp = set?.SourceStamps is [{ } first, ..] ? first : null;
        json.WriteText("branch", stamp?.Branch ?? Find(properties, "branch"));
        json.WriteText("revision", stamp?.Revision ?? Find(properties, "got_revision") ?? Find(properties, "revision"));
    }

    /// <summary>Returns a text, or its beginning if it is too long to be shown.</summary>
    public static string Cut(string text) =>
        text.Length <= LongestText ? text : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)] + "…";

    private static string? Find(PropertyMap? properties, string name) =>
        properties is not null && properties.TryGetValue(name, out Property? property) && property.Value.ValueKind == JsonValueKind.String
            ? property.Value.GetString()
            : null;

    private static TimeSpan NotNegative(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
