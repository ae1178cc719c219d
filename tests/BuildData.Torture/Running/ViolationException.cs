namespace BuildData.Torture.Running;

/// <summary>The exception for a promise that does not hold.</summary>
/// <param name="message">What was promised, what was found, and what repeats it.</param>
internal class ViolationException(string message) : Exception(message);
