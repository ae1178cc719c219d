using System.Text.RegularExpressions;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>A broken promise.</summary>
/// <param name="Key">What tells it from others: the exception and the place.</param>
/// <param name="Input">The input, as <see cref="InputText.Format"/> writes it.</param>
/// <param name="Text">The exception.</param>
internal sealed partial record Fault(string Key, string Input, string Text)
{
    /// <summary>Creates a fault of an exception that has left the library.</summary>
    public static Fault From(Exception error, byte[] input)
    {
        string text = error.ToString();
        string place = Frame().Matches(text).Select(match => match.Value).FirstOrDefault(frame => !frame.Contains(".Torture.", StringComparison.Ordinal)) ?? Digits().Replace(error.Message, "0");
        return new Fault($"{error.GetType().Name} {place}", InputText.Format(input), text);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Input: {Input}\n{Text}";

    [GeneratedRegex(@"at BuildData\.[^(]*")]
    private static partial Regex Frame();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
