namespace BuildData.Torture.Soak.Measuring;

/// <summary>Something that may vary, but not grow without limit.</summary>
/// <param name="Name">The name, with the unit.</param>
/// <param name="Read">Returns the present value; null if there is none.</param>
/// <param name="Tolerance">By how much it may grow while it is examined.</param>
/// <param name="RelativeTolerance">By which part of its median it may grow while it is examined. The greater of the two counts.</param>
internal sealed record Gauge(string Name, Func<double?> Read, double Tolerance, double RelativeTolerance);
