namespace BuildData.Tests;

internal sealed class EventCursorTests
{
    [TestCase("0")]
    [TestCase("304")]
    [TestCase("304@1700000000123456")]
    [TestCase("9223372036854775807@-62135596800000000")]
    public void Parse_WhatToStringWrites_IsTheSame(string text) =>
        EventCursor.Parse(text).ToString().Should().Be(text);

    [Test]
    public void ToString_NumberAndTime_HasBoth() =>
        new EventCursor(304, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)).ToString().Should().Be("304@1700000000000000");

    [TestCase("")]
    [TestCase("-1")]
    [TestCase("304@")]
    [TestCase("@1700000000000000")]
    [TestCase("304@x")]
    [TestCase("304 @1")]
    [TestCase("9223372036854775808")]
    [TestCase("304@99999999999999999999")]
    [TestCase("304@253402300800000000")]
    [TestCase("304@-9223372036854775808")]
    public void Parse_NoCursor_Fails(string text)
    {
        EventCursor.TryParse(text, out _).Should().BeFalse();
        FluentActions.Invoking(() => EventCursor.Parse(text)).Should().Throw<FormatException>().WithMessage($"*'{text}'*");
    }

    [Test]
    public void Of_ANegativeNumber_IsRefused() =>
        FluentActions.Invoking(() => new EventCursor(-1)).Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public void Equals_AnotherTime_IsAnotherCursor() =>
        new EventCursor(1, DateTimeOffset.UnixEpoch).Should().NotBe(new EventCursor(1, DateTimeOffset.UnixEpoch.AddSeconds(1)));
}
