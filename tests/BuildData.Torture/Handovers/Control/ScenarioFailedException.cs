namespace BuildData.Torture.Handovers.Control;

/// <summary>The exception for an outcome that a scenario does not expect.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);
