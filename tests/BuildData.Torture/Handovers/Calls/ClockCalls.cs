using System.Diagnostics;
using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

#pragma warning disable IDE1006, CA1707, CA1711 // The names are those of the properties' methods.

/// <summary>Replaces the clock of <see cref="Stopwatch"/>.</summary>
[Replaces(typeof(Stopwatch))]
internal static class StopwatchCalls
{
    public static long GetTimestamp() => Explorer.Current is { } me ? me.Explorer.Time.GetTimestamp() : Stopwatch.GetTimestamp();

    public static TimeSpan GetElapsedTime(long startingTimestamp) =>
        Explorer.Current is { } me ? TimeSpan.FromTicks(me.Explorer.Time.GetTimestamp() - startingTimestamp) : Stopwatch.GetElapsedTime(startingTimestamp);
}

/// <summary>Replaces the clock of <see cref="Environment"/>.</summary>
[Replaces(typeof(Environment))]
internal static class EnvironmentCalls
{
    public static long get_TickCount64() =>
        Explorer.Current is { } me ? me.Explorer.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond : Environment.TickCount64;
}

/// <summary>Replaces the system's <see cref="TimeProvider"/>.</summary>
[Replaces(typeof(TimeProvider))]
internal static class TimeProviderCalls
{
    public static TimeProvider get_System() => Explorer.Current?.Explorer.Time ?? TimeProvider.System;
}
