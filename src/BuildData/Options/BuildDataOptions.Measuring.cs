namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>
    /// Gets or sets whether the builds of this master are measured, with the instruments of OpenTelemetry's CI/CD conventions such as
    /// <c>cicd.pipeline.run.duration</c>. Default: false.
    /// </summary>
    /// <remarks>
    /// The instruments belong to the meter <see cref="BuildDataInstrumentation.MeterName"/>. Each master measures only the builds that this
    /// master has added. So masters that share a store count no build twice. A read-only master measures nothing.
    /// </remarks>
    public bool MeasuresBuilds { get; set; }

    /// <summary>
    /// Gets or sets whether the master traces each of its finished builds. A trace has an activity for the build, and a child activity for
    /// each step. The activities have the stored start and completion times. Default: false.
    /// </summary>
    /// <remarks>
    /// The activities belong to the source <see cref="BuildDataInstrumentation.BuildsActivitySourceName"/>. Each master traces only the
    /// builds that this master has added. A read-only master traces nothing.
    /// </remarks>
    public bool TracesBuilds { get; set; }

    /// <summary>Measures the builds of this master: sets <see cref="MeasuresBuilds"/>.</summary>
    /// <returns>These options.</returns>
    public BuildDataOptions MeasureBuilds()
    {
        MeasuresBuilds = true;
        return this;
    }

    /// <summary>Traces the finished builds of this master: sets <see cref="TracesBuilds"/>.</summary>
    /// <returns>These options.</returns>
    public BuildDataOptions TraceBuilds()
    {
        TracesBuilds = true;
        return this;
    }
}
