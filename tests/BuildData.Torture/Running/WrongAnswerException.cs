namespace BuildData.Torture.Running;

/// <summary>The exception for answers that contradict each other.</summary>
/// <param name="message">What was found.</param>
internal sealed class WrongAnswerException(string message) : ViolationException(message);
