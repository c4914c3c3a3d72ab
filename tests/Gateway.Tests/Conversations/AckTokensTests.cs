using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Tests.Auth;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class AckTokensTests
{
    private static readonly UserId Ann = new("ann");
    private static readonly DeviceId Phone = new("phone");

    private readonly AckTokens _tokens = new(new(Tokens.AppKey, Tokens.Secret));

    [Fact]
    public void A_token_says_the_places_that_it_was_written_for()
    {
        DevicePosition[] positions =
        [
            new(ConversationKey.Private(Ann, new("b o:b")), 7), new(ConversationKey.Group(new("te\u00e4m 1")), long.MaxValue),
        ];

        Assert.True(_tokens.TryRead(Ann, Phone, _tokens.Write(Ann, Phone, [.. positions]), out var read));

        Assert.Equal(positions, read);
    }

    [Fact]
    public void Every_gateway_of_the_app_knows_it_and_no_other_apps()
    {
        var token = _tokens.Write(Ann, Phone, []);

        Assert.True(new AckTokens(new(Tokens.AppKey, Tokens.Secret)).TryRead(Ann, Phone, token, out _));
        Assert.False(new AckTokens(new(Tokens.AppKey, new('0', 32))).TryRead(Ann, Phone, token, out _));
    }

    [Fact]
    public void That_of_a_push_is_the_same_for_all_and_says_its_place()
    {
        var position = new DevicePosition(ConversationKey.Group(new("te\u00e4m 1")), 12);
        var token = _tokens.Write(position);

        Assert.Equal(token, _tokens.Write(position));
        Assert.True(_tokens.TryRead(token, out var read));
        Assert.Equal(position, read);
        Assert.False(new AckTokens(new(Tokens.AppKey, new('0', 32))).TryRead(token, out _));
    }

    [Fact]
    public void Those_of_pulls_and_pushes_are_not_taken_for_each_other()
    {
        var position = new DevicePosition(ConversationKey.Private(Ann, Ann), 1);
        var (pulled, pushed) = (_tokens.Write(Ann, Phone, [position]), _tokens.Write(position));

        Assert.False(_tokens.TryRead(Ann, Phone, pushed, out _));
        Assert.False(_tokens.TryRead(Ann, Phone, pushed[2..], out _));
        Assert.False(_tokens.TryRead(pulled, out _));
        Assert.False(_tokens.TryRead($"p.{pulled}", out _));
        for (var place = 0; place < pushed.Length - 1; place++)
            Assert.False(
                _tokens.TryRead($"{pushed[..place]}{(pushed[place] == 'A' ? 'B' : 'A')}{pushed[(place + 1)..]}", out _),
                $"Changed at {place}.");
    }

    [Fact]
    public void It_is_good_for_its_user_and_device_alone()
    {
        var token = _tokens.Write(Ann, Phone, [new(ConversationKey.Private(Ann, Ann), 1)]);

        Assert.False(_tokens.TryRead(new("bob"), Phone, token, out _));
        Assert.False(_tokens.TryRead(Ann, new("tablet"), token, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_else_is_no_token(string text) => Assert.False(_tokens.TryRead(Ann, Phone, text, out _));

    [Fact]
    public void One_that_was_changed_anywhere_is_no_token()
    {
        var token = _tokens.Write(Ann, Phone, [new(ConversationKey.Private(Ann, new("bob")), 12)]);

        for (var place = 0; place < token.Length - 1; place++)
        {
            var other = token.ToCharArray();
            other[place] = other[place] == 'A' ? 'B' : 'A';
            Assert.False(_tokens.TryRead(Ann, Phone, new(other), out _), $"Changed at {place}.");
        }
    }
}
