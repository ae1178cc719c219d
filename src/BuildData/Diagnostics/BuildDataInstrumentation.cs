namespace BuildData;

/// <summary>Names the meter and the activity sources of the library, for the configuration of a telemetry SDK such as OpenTelemetry.</summary>
/// <remarks>
/// The meter and the sources have the version of the library, and the tag <c>builddata.master.name</c> with the value of
/// <see cref="BuildDataOptions.MasterName"/>. If one process has several masters, the tag distinguishes their measurements.
/// </remarks>
/// <example>
/// <c>metrics.AddMeter(BuildDataInstrumentation.MeterName)</c> and <c>tracing.AddSource(BuildDataInstrumentation.ActivitySourceName)</c>
/// </example>
public static class BuildDataInstrumentation
{
    /// <summary>The name of the meter: <c>BuildData</c>.</summary>
    public const string MeterName = "BuildData";

    /// <summary>The name of the activity source of updates and queries: <c>BuildData</c>.</summary>
    public const string ActivitySourceName = "BuildData";

    /// <summary>
    /// The name of the activity source of finished builds: <c>BuildData.Builds</c>. It has activities only if
    /// <see cref="BuildDataOptions.TracesBuilds"/> is true.
    /// </summary>
    public const string BuildsActivitySourceName = "BuildData.Builds";
}
